import { describeError, redact } from "@algoitny/functions/telemetry/log";
import { describe, expect, test } from "vitest";

describe("log fields of an error", () => {
  test("are its name, code, message, stack frames and causes", () => {
    const cause = Object.assign(new TypeError("fetch failed"), { code: "ECONNREFUSED" });
    expect(describeError(new Error("load failed", { cause }))).toEqual({
      name: "Error",
      message: "load failed",
      frames: expect.arrayContaining([expect.stringMatching(/^at /)]),
      cause: expect.objectContaining({
        name: "TypeError",
        code: "ECONNREFUSED",
        message: "fetch failed",
      }),
    });
  });

  test("are a text when something else than an error was thrown", () => {
    expect(describeError("a@b.io said no")).toEqual({ message: "[e-mail] said no" });
  });
});

test.each([
  ["Authorization: Bearer abc.def-ghi", "Authorization: Bearer [token]"],
  ["jwt eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln rejected", "jwt [token] rejected"],
  ["user First.Last+tag@mail.example.com is gone", "user [e-mail] is gone"],
  ["user_stats:local%7Cuser%40example.com", "user_stats:[e-mail]"],
  ["problem:7 is fine", "problem:7 is fine"],
])("%s is logged as %s", (text, logged) => {
  expect(redact(text)).toBe(logged);
});

test("a long text is cut", () => {
  expect(redact("x".repeat(5_000)).length).toBeLessThan(400);
});

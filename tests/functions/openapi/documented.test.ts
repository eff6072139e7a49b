import { describe, expect, test } from "vitest";
import { requireDocumented, type SeenAnswer } from "../../support/documented.ts";

const message = { message: "test case 2 of problem 1 deleted successfully" };
const good: SeenAnswer = {
  method: "DELETE",
  path: "/api/problems/1/testcases/2",
  status: 200,
  headers: new Headers({
    "content-type": "application/json",
    "cache-control": "private, no-cache",
    vary: "Accept-Encoding, Origin, Authorization",
    "server-timing": 'db;desc="3 reads"',
    "x-content-type-options": "nosniff",
  }),
  body: JSON.stringify(message),
};

const withHeader = (name: string, value: string | null): SeenAnswer => {
  const headers = new Headers(good.headers);
  if (value === null) headers.delete(name);
  else headers.set(name, value);
  return { ...good, headers };
};

describe("comparing an answer with the document", () => {
  test("accepts an answer as described, and checks only the headers of an answer to HEAD", () => {
    expect(() => requireDocumented(good)).not.toThrow();
    const head = { ...good, method: "HEAD", path: "/api/problems/", body: "" };
    expect(() => requireDocumented(head)).toThrow("ETag is missing");
  });

  test.each<[string, SeenAnswer]>([
    ["the document has no such status", { ...good, status: 202 }],
    ["Server-Timing is missing", withHeader("server-timing", null)],
    ["X-Content-Type-Options is sniff", withHeader("x-content-type-options", "sniff")],
    ["the document has no text/plain", withHeader("content-type", "text/plain")],
    [
      "must NOT have additional properties",
      { ...good, body: JSON.stringify({ ...message, more: 1 }) },
    ],
    ["must have required property 'message'", { ...good, body: "{}" }],
    ["must be string", { ...good, body: JSON.stringify({ message: 1 }) }],
    ["must match a schema in anyOf", { ...good, status: 413, body: "{}" }],
  ])("fails where %s", (why, answer) => {
    expect(() => requireDocumented(answer)).toThrow(why);
  });

  test("prefers a fixed path to a path with a parameter", () => {
    const drafts = { ...good, method: "GET", path: "/api/problems/drafts/?page=1" };
    expect(() => requireDocumented({ ...drafts, status: 404, body: "" })).toThrow("no such status");
    expect(() =>
      requireDocumented({ ...drafts, path: "/api/problems/7/", status: 404, body: "" }),
    ).not.toThrow();
  });
});

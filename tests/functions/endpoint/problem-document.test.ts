import { badRequest, HttpError, unavailable } from "@algoitny/functions/endpoint/http-error";
import { asksForProblemJson, problemResult } from "@algoitny/functions/endpoint/problem-document";
import { describe, expect, test } from "vitest";
import { httpEvent } from "../support/http-events.ts";

const typeFor = (accept?: string) =>
  problemResult(
    new HttpError(404, "gone"),
    httpEvent({ headers: accept === undefined ? {} : { accept } }),
  ).headers?.["content-type"];

test("an error has a text for existing clients and is a problem document", () => {
  const { statusCode, body } = problemResult(
    badRequest([{ path: "page", message: "must be at least 1" }]),
    httpEvent(),
  );
  expect(statusCode).toBe(400);
  expect(JSON.parse(body ?? "")).toEqual({
    error: "page: must be at least 1",
    type: "about:blank",
    title: "Bad Request",
    status: 400,
    detail: "page: must be at least 1",
    errors: [{ path: "page", message: "must be at least 1" }],
  });
});

test("a 404 lists no fields and has no Retry-After, a 503 has one", () => {
  const gone = problemResult(new HttpError(404, "no such problem"), httpEvent());
  expect(JSON.parse(gone.body ?? "")).not.toHaveProperty("errors");
  expect(gone.headers).not.toHaveProperty("retry-after");
  expect(problemResult(unavailable("later", null), httpEvent()).headers).toMatchObject({
    "retry-after": "1",
  });
});

test("HEAD gets the headers of the error and no body", () => {
  const { body, headers } = problemResult(
    new HttpError(404, "gone"),
    httpEvent({ method: "HEAD" }),
  );
  expect(body).toBe("");
  expect(headers).toMatchObject({ "content-type": "application/json" });
});

describe("the media type of an error", () => {
  test.each([
    undefined,
    "",
    "*/*",
    "application/json",
    "application/json, text/plain, */*",
    "text/html",
  ])("is application/json for Accept: %s", (accept) => {
    expect(typeFor(accept)).toBe("application/json");
  });

  test.each([
    "application/problem+json",
    "application/json, application/problem+json",
    "APPLICATION/PROBLEM+JSON;q=0.9, */*;q=0.1",
  ])("is application/problem+json for Accept: %s", (accept) => {
    expect(typeFor(accept)).toBe("application/problem+json");
  });

  test("is application/json when the client prefers that, or refuses the other", () => {
    expect(asksForProblemJson("application/json, application/problem+json;q=0.5")).toBe(false);
    expect(asksForProblemJson("application/problem+json;q=0")).toBe(false);
  });
});

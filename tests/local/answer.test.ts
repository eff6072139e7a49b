import { expect, test } from "vitest";
import { MAX_RESULT_BYTES, toAnswer } from "@algoitny/local/api-gateway/answer";

const textOf = (result: unknown) => toAnswer(result).body.toString();

test.each([
  [{ message: "hi" }, '{"message":"hi"}'],
  [[1, 2], "[1,2]"],
  ["plain", "plain"],
  [7, "7"],
  [null, "null"],
])("a result without statusCode is a 200 of JSON: %j", (result, body) => {
  const answer = toAnswer(result);
  expect(answer).toMatchObject({ status: 200, headers: { "content-type": "application/json" } });
  expect(answer.body.toString()).toBe(body);
});

test("a structured result sets status, headers, cookies and body", () => {
  const answer = toAnswer({
    statusCode: 201,
    headers: { "Content-Type": "text/csv", "X-Count": 3, "X-Done": true },
    cookies: ["a=1; HttpOnly", "b=2"],
    body: "x,y",
  });
  expect(answer).toEqual({
    status: 201,
    headers: { "content-type": "text/csv", "x-count": "3", "x-done": "true" },
    cookies: ["a=1; HttpOnly", "b=2"],
    body: Buffer.from("x,y"),
  });
});

test("a structured body without a type is plain text", () => {
  expect(toAnswer({ statusCode: 200, body: "x" }).headers).toEqual({
    "content-type": "text/plain; charset=utf-8",
  });
  expect(toAnswer({ statusCode: 204 }).headers).toEqual({});
});

test("a base64 body goes out as its bytes", () => {
  const bytes = Buffer.from([0, 255, 128]);
  const result = { statusCode: 200, body: bytes.toString("base64"), isBase64Encoded: true };
  expect(toAnswer(result).body).toEqual(bytes);
});

test("a status may be written as text", () => {
  expect(toAnswer({ statusCode: "404" }).status).toBe(404);
});

test.each([
  { statusCode: "soon" },
  { statusCode: 42 },
  { statusCode: 200, body: { not: "text" } },
  { statusCode: 200, headers: { a: {} } },
])("a result that is no answer is a 500: %j", (result) => {
  expect(toAnswer(result).status).toBe(500);
  expect(textOf(result)).toBe('{"message":"Internal Server Error"}');
});

test("a result of 6 MB and 100 bytes passes, one byte more is a 500", () => {
  const largest = MAX_RESULT_BYTES - '{"statusCode":200,"body":""}'.length;
  expect(toAnswer({ statusCode: 200, body: "a".repeat(largest) }).status).toBe(200);
  expect(toAnswer({ statusCode: 200, body: "a".repeat(largest + 1) }).status).toBe(500);
});

test("headers that the gateway writes itself are not taken from the function", () => {
  const { headers } = toAnswer({ statusCode: 200, headers: { "Content-Length": "99999" } });
  expect(headers).not.toHaveProperty("content-length");
});

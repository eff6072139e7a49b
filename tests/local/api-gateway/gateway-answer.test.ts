import { expect, test } from "vitest";
import {
  MAX_RESULT_BYTES,
  ResultError,
  toAnswer,
} from "@algoitny/local/api-gateway/gateway-answer";

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

test("a base64 body is sent as its bytes", () => {
  const bytes = Buffer.from([0, 255, 128]);
  const result = { statusCode: 200, body: bytes.toString("base64"), isBase64Encoded: true };
  expect(toAnswer(result).body).toEqual(bytes);
});

test("a status may be text", () => {
  expect(toAnswer({ statusCode: "404" }).status).toBe(404);
});

test.each([
  [{ statusCode: "soon" }, "statusCode"],
  [{ statusCode: 42 }, "statusCode"],
  [{ statusCode: 199 }, "statusCode"],
  [{ statusCode: 600 }, "statusCode"],
  [{ statusCode: 200.5 }, "statusCode"],
  [{ statusCode: [200] }, "statusCode"],
  [{ statusCode: 200, body: { not: "text" } }, "body"],
  [{ statusCode: 200, headers: { a: {} } }, "headers.a"],
  [{ statusCode: 200, headers: { "x-title": "두 수의 합" } }, '"x-title"'],
  [{ statusCode: 200, headers: { "x-title": "a\r\nset-cookie: b" } }, '"x-title"'],
  [{ statusCode: 200, headers: { "x a": "1" } }, '"x a"'],
  [{ statusCode: 200, headers: { "": "1" } }, '""'],
  [{ statusCode: 200, headers: { Trailer: "etag" } }, "trailer"],
  [{ statusCode: 200, cookies: ["a=1\n"] }, '"set-cookie"'],
  [{ statusCode: 200, cookies: "a=1" }, "cookies"],
])("an invalid result is an error that names its part: %j", (result, part) => {
  expect(() => toAnswer(result)).toThrow(ResultError);
  expect(() => toAnswer(result)).toThrow(part);
});

test("the error for an invalid header does not repeat its value, which may be a secret", () => {
  expect(() => toAnswer({ statusCode: 200, headers: { "x-key": "s\u0001ecret" } })).toThrow(
    /^(?!.*ecret)/s,
  );
});

test("a result of 6 MB and 100 bytes is accepted, one byte more is an error", () => {
  const largest = MAX_RESULT_BYTES - '{"statusCode":200,"body":""}'.length;
  expect(toAnswer({ statusCode: 200, body: "a".repeat(largest) }).status).toBe(200);
  expect(() => toAnswer({ statusCode: 200, body: "a".repeat(largest + 1) })).toThrow(
    `the result has ${MAX_RESULT_BYTES + 1} bytes`,
  );
});

test("headers that the gateway sets itself are not taken from the function", () => {
  const headers = {
    "Content-Length": "99999",
    "Transfer-Encoding": "chunked",
    Connection: "close",
    "Keep-Alive": "timeout=1",
    Upgrade: "websocket",
    Date: "yesterday",
  };
  expect(toAnswer({ statusCode: 200, headers }).headers).toEqual({});
});

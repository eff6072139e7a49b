import * as fc from "fast-check";
import { expect, test, vi } from "vitest";
import { gateway } from "./support/test-gateway.ts";

/** A gateway whose one function answers with `result`; its log is kept. */
async function answering(result: unknown) {
  const onError = vi.fn<(target: string, error: unknown) => void>();
  const api = await gateway({ invoke: () => Promise.resolve(result), onError });
  return { ...api, onError };
}

test.each([
  ["a header value outside Latin-1", { statusCode: 200, headers: { "x-title": "두 수의 합" } }],
  ["a header value with a line break", { statusCode: 200, headers: { "x-title": "a\r\nb: c" } }],
  ["a header name that is not a token", { statusCode: 200, headers: { "x a": "1" } }],
  ["a trailer", { statusCode: 200, headers: { trailer: "etag" }, body: "x" }],
  ["a cookie with a line break", { statusCode: 200, cookies: ["a=1\nb"] }],
  ["status 100", { statusCode: 100 }],
  ["status 101", { statusCode: 101 }],
  ["status 103", { statusCode: 103, headers: { link: "x" } }],
  ["status 199", { statusCode: 199 }],
  ["status 600", { statusCode: 600 }],
  ["a body that is not text", { statusCode: 200, body: { a: 1 } }],
])("%s is a 500, and the log names the function", async (_, result) => {
  await using api = await answering(result);
  const response = await api.get("/a");
  expect([response.status, await response.json()]).toEqual([
    500,
    { message: "Internal Server Error" },
  ]);
  expect(api.onError).toHaveBeenCalledExactlyOnceWith(
    "echo",
    expect.objectContaining({ name: "ResultError" }),
  );
  expect((await api.get("/a")).status).toBe(500); // the gateway still answers
});

test("a wrong Content-Length of a function does not reach the client", async () => {
  const headers = { "content-length": "3", "transfer-encoding": "chunked", connection: "close" };
  await using api = await answering({ statusCode: 200, headers, body: "12345" });
  for (const _ of [1, 2]) expect(await (await api.get("/a")).text()).toBe("12345");
  const head = await api.get("/a", { method: "HEAD" });
  expect(head.headers.get("content-length")).toBe("5");
});

const name = fc.oneof(
  fc.constantFrom("trailer", "TE", "upgrade", "content-length", "set-cookie", "__proto__", "vary"),
  fc.string({ maxLength: 6 }),
);
const value = fc.oneof(
  fc.string({ unit: "binary", maxLength: 6 }),
  fc.constantFrom("\u0000", "\t", "a\nb", "é", "😀", true, false, 0, -1, null),
);
const hostile = fc.oneof(
  fc.jsonValue(),
  fc.record(
    {
      statusCode: fc.oneof(fc.integer({ min: -1, max: 1_000 }), fc.jsonValue()),
      headers: fc.dictionary(name, value, { maxKeys: 3 }),
      cookies: fc.array(value, { maxLength: 2 }),
      body: fc.oneof(fc.string({ maxLength: 5 }), fc.jsonValue()),
      isBase64Encoded: fc.jsonValue(),
    },
    { requiredKeys: [] },
  ),
);

test("any result of a function becomes one complete answer with a status of 200 to 599", async () => {
  let result: unknown;
  await using api = await gateway({ invoke: () => Promise.resolve(result) });
  await fc.assert(
    fc.asyncProperty(hostile, fc.constantFrom("GET", "HEAD", "POST"), async (given, method) => {
      result = given;
      const response = await api.get("/a", { method, redirect: "manual" });
      await response.arrayBuffer();
      expect(response.status).toBeGreaterThanOrEqual(200);
      expect(response.status).toBeLessThan(600);
    }),
    { numRuns: 300 },
  );
});

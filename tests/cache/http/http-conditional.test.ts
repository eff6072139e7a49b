import { describe, expect, test } from "vitest";
import { toResponse } from "@algoitny/cache/lambda";
import { eventOf, LONG_LIST, readingOf, START_MS } from "../../support/http.ts";

const BR = { "accept-encoding": "br" };
const options = { cacheControl: "private, no-cache", vary: ["Origin"], now: () => START_MS };

async function statusOf(headers: Record<string, string>, method = "GET") {
  const header = { etag: "abc", headers: { "last-modified": "Sun, 06 Nov 1994 08:49:37 GMT" } };
  const reading = await readingOf(LONG_LIST, { header });
  const event = eventOf("/", { method, headers: { ...BR, ...headers } });
  return (await toResponse(event, reading, options)).statusCode;
}

describe("If-None-Match", () => {
  test.each([
    ['"abc"', 304],
    ['W/"abc"', 304],
    ['"x", W/"y,z" , "abc"', 304],
    ['"x","abc"', 304],
    ["*", 304],
    [" * ", 304],
    ['"abcd"', 200],
    ['"ABC"', 200],
    ["abc", 200],
    ["", 200],
    ['"*"', 200],
    ['"abc-gzip"', 200],
  ])("%j answers %i", async (value, status) => {
    expect(await statusOf({ "if-none-match": value })).toBe(status);
  });

  test("is compared with the ETag of the content coding that would be sent", async () => {
    const gzip = { "accept-encoding": "gzip" };
    expect(await statusOf({ ...gzip, "if-none-match": '"abc-gzip"' })).toBe(304);
    expect(await statusOf({ ...gzip, "if-none-match": '"abc"' })).toBe(200);
  });

  test("works for HEAD and has no effect on other methods", async () => {
    expect(await statusOf({ "if-none-match": '"abc"' }, "HEAD")).toBe(304);
    expect(await statusOf({ "if-none-match": '"abc"' }, "POST")).toBe(200);
  });
});

describe("If-Modified-Since", () => {
  test.each([
    ["Sun, 06 Nov 1994 08:49:37 GMT", 304],
    ["Mon, 07 Nov 1994 00:00:00 GMT", 304],
    ["Sunday, 06-Nov-94 08:49:37 GMT", 304],
    ["Sun, 06 Nov 1994 08:49:36 GMT", 200],
    ["2030", 200],
    ["yesterday", 200],
  ])("%j answers %i", async (value, status) => {
    expect(await statusOf({ "if-modified-since": value })).toBe(status);
  });

  test("is ignored beside If-None-Match", async () => {
    const later = { "if-modified-since": "Mon, 07 Nov 1994 00:00:00 GMT" };
    expect(await statusOf({ ...later, "if-none-match": '"other"' })).toBe(200);
    expect(
      await statusOf({
        "if-modified-since": "Thu, 01 Jan 1970 00:00:00 GMT",
        "if-none-match": '"abc"',
      }),
    ).toBe(304);
  });
});

describe("a 304", () => {
  test("has the caching headers of the 200, and no content", async () => {
    const headers = {
      "content-location": "/list",
      "x-total-count": "3",
      expires: "Mon, 07 Nov 1994 00:00:00 GMT",
    };
    const reading = await readingOf(LONG_LIST, { header: { etag: "abc", headers } });
    const event = eventOf("/", { headers: { ...BR, "if-none-match": '"abc"' } });
    expect(await toResponse(event, reading, options)).toEqual({
      statusCode: 304,
      headers: {
        age: "60",
        "cache-control": "private, no-cache",
        "cache-status": "cache; hit; ttl=540",
        "content-location": "/list",
        etag: '"abc"',
        expires: "Mon, 07 Nov 1994 00:00:00 GMT",
        vary: "Accept-Encoding, Origin",
      },
      body: "",
      isBase64Encoded: false,
    });
  });

  test("needs only the header of the entry: its body may be undecodable", async () => {
    const { entry, ...rest } = await readingOf(LONG_LIST, { header: { etag: "abc" } });
    const reading = { ...rest, entry: { ...entry, body: "?" } };
    const headers = { "accept-encoding": "gzip", "if-none-match": '"abc-gzip"' };
    expect((await toResponse(eventOf("/", { headers }), reading)).statusCode).toBe(304);
  });

  test("is never the answer to a cached 404", async () => {
    const reading = await readingOf(null, { header: { status: 404 } });
    const event = eventOf("/", { headers: { "if-none-match": "*" } });
    const response = await toResponse(event, reading);
    expect(response.statusCode).toBe(404);
    expect(response.headers).not.toHaveProperty("etag");
  });
});

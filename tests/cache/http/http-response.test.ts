import { parseList, Token } from "structured-headers";
import { describe, expect, test } from "vitest";
import type { HttpReading } from "@algoitny/cache/http";
import { toResponse } from "@algoitny/cache/lambda";
import { eventOf, LONG_LIST, readingOf, START_MS } from "../../support/http.ts";

const now = () => START_MS;
const GET_BR = eventOf("/", { headers: { "accept-encoding": "br" } });

async function headersOf(reading: HttpReading, at = START_MS) {
  return (await toResponse(GET_BR, reading, { now: () => at })).headers;
}

test("HEAD has the headers of GET and no body", async () => {
  for (const encoding of ["br", "gzip", "identity"]) {
    const reading = await readingOf(LONG_LIST, { header: { headers: { link: "</2>; rel=next" } } });
    const request = (method: string) =>
      eventOf("/", { method, headers: { "accept-encoding": encoding } });
    const get = await toResponse(request("GET"), reading, { now });
    const head = await toResponse(request("HEAD"), reading, { now });
    expect(head).toEqual({ ...get, body: "", isBase64Encoded: false });
    expect(get.headers["link"]).toBe("</2>; rel=next");
  }
});

test("a header is found by its name in any case", async () => {
  const event = eventOf("/", { headers: { "Accept-Encoding": "gzip" } });
  const response = await toResponse(event, await readingOf(LONG_LIST));
  expect(response.headers["content-encoding"]).toBe("gzip");
});

describe("Cache-Control and Vary", () => {
  test("default to no-cache and Accept-Encoding", async () => {
    const headers = await headersOf(await readingOf([]));
    expect(headers).toMatchObject({ "cache-control": "no-cache", vary: "Accept-Encoding" });
  });

  test("come from the stored headers; an option overrides a stored Cache-Control, and Vary names each header once", async () => {
    const stored = { "cache-control": "max-age=5", vary: "accept-encoding, Accept" };
    const reading = await readingOf([], { header: { headers: stored } });
    const options = { now, vary: ["Origin", "accept"] };
    const plain = await toResponse(GET_BR, reading, options);
    expect(plain.headers).toMatchObject({
      "cache-control": "max-age=5",
      vary: "Accept-Encoding, Origin, accept",
    });
    const own = await toResponse(GET_BR, reading, {
      ...options,
      cacheControl: "private, no-cache",
    });
    expect(own.headers["cache-control"]).toBe("private, no-cache");
  });
});

test("headers that belong to one answer, one connection or one client are not replayed", async () => {
  const dropped = {
    age: "9",
    "cache-status": "x; hit",
    connection: "close, X-Hop",
    "x-hop": "1",
    "content-encoding": "gzip",
    "content-length": "1",
    date: "now",
    etag: '"w"',
    "keep-alive": "timeout=5",
    "server-timing": "db;dur=5",
    "set-cookie": "a=b",
    "transfer-encoding": "chunked",
    upgrade: "h2c",
    "access-control-allow-origin": "*",
    "Access-Control-Expose-Headers": "ETag",
    ":note": "1",
  };
  const reading = await readingOf([], {
    header: { headers: { ...dropped, "X-Total-Count": "3" } },
  });
  expect(Object.keys(await headersOf(reading)).toSorted()).toEqual([
    "age",
    "cache-control",
    "cache-status",
    "content-type",
    "etag",
    "vary",
    "x-total-count",
  ]);
  expect(await headersOf(reading)).toMatchObject({
    age: "60",
    "cache-status": expect.stringContaining("hit"),
  });
});

describe("Age", () => {
  test("counts whole seconds since the load began; together with ttl it is the lifetime", async () => {
    const reading = await readingOf([]);
    let before = 0;
    for (let ms = 0; ms < 5_000; ms += 123) {
      const headers = await headersOf(reading, START_MS + ms);
      const age = Number(headers["age"]);
      const ttl = Number(/ttl=(-?\d+)/.exec(headers["cache-status"] ?? "")?.[1]);
      expect(age + ttl).toBe(600);
      expect(age).toBeGreaterThanOrEqual(before);
      before = age;
    }
    expect(before).toBe(64);
  });

  test("is never negative, and absent from an answer made for this request", async () => {
    const young = await readingOf([], { header: { createdMs: START_MS + 900 } });
    expect((await headersOf(young))["age"]).toBe("0");
    for (const status of ["miss", "bypass"] as const) {
      expect(await headersOf(await readingOf([], { status }))).not.toHaveProperty("age");
    }
  });
});

describe("a cached 404", () => {
  test("has the caller's body, the usual headers and no ETag", async () => {
    const reading = await readingOf(null, { header: { status: 404 } });
    const errorBody = (status: number) => ({
      headers: { "content-type": "application/json" },
      body: `{"error":"none","status":${status}}`,
    });
    expect(await toResponse(GET_BR, reading, { now, errorBody })).toEqual({
      statusCode: 404,
      headers: {
        age: "60",
        "cache-control": "no-cache",
        "cache-status": "cache; hit; ttl=540",
        "content-type": "application/json",
        vary: "Accept-Encoding",
      },
      body: '{"error":"none","status":404}',
      isBase64Encoded: false,
    });
  });

  test("is a problem document by default, without content for HEAD", async () => {
    const reading = await readingOf(null, { header: { status: 404 } });
    const get = await toResponse(GET_BR, reading, { now });
    expect(JSON.parse(get.body)).toEqual({ type: "about:blank", title: "Not Found", status: 404 });
    expect(get.headers["content-type"]).toBe("application/problem+json");
    const head = await toResponse(eventOf("/", { method: "HEAD" }), reading, { now });
    expect(head).toEqual({ ...get, body: "" });
  });
});

test("a stored 404 has the type of the body that is sent, and its other stored headers", async () => {
  const headers = { "content-type": "text/html", "x-source": "table" };
  const reading = await readingOf(null, { header: { status: 404, headers } });
  const answer = await toResponse(GET_BR, reading, { now });
  expect(answer.headers).toMatchObject({
    "content-type": "application/problem+json",
    "x-source": "table",
  });
});

describe("Cache-Status", () => {
  const early = { freshUntilMs: START_MS - 5_000 };

  test.each<[string, Partial<HttpReading> & { header?: { freshUntilMs: number } }]>([
    ["cache; hit; ttl=540", { status: "hit" }],
    ["cache; hit; ttl=540", { status: "hit", collapsed: true }],
    ["cache; hit; ttl=540; detail=early-refresh", { status: "hit", detail: "early-refresh" }],
    [
      "cache; hit; ttl=-5; detail=refreshing",
      { status: "stale", detail: "refreshing", header: early },
    ],
    ["cache; hit; ttl=-1; detail=refreshing", { status: "stale", detail: "refreshing" }],
    [
      "cache; fwd=stale; ttl=-5; detail=load-failed",
      { status: "stale", detail: "load-failed", header: early },
    ],
    ["cache; fwd=miss; stored; ttl=540", { status: "miss", stored: true }],
    [
      "cache; fwd=miss; stored; ttl=540; detail=over-budget",
      { status: "miss", stored: true, detail: "over-budget" },
    ],
    ["cache; fwd=miss; collapsed", { status: "miss", collapsed: true }],
    ["cache; fwd=miss; detail=fill-refused", { status: "miss", detail: "fill-refused" }],
    [
      "cache; fwd=bypass; detail=store-unreachable",
      { status: "bypass", detail: "store-unreachable" },
    ],
  ])("%s", async (expected, { header, ...read }) => {
    const headers = await headersOf(await readingOf([], { ...read, header: header ?? {} }));
    const status = headers["cache-status"] ?? "";
    expect(status).toBe(expected);
    const [[name, parameters] = [], ...others] = parseList(status);
    expect(others).toEqual([]);
    expect(String(name)).toBe("cache");
    expect(parameters?.has("hit")).toBe(!parameters?.has("fwd"));
    expect(["hit", "fwd", "stored", "collapsed", "ttl", "detail"]).toEqual(
      expect.arrayContaining([...(parameters?.keys() ?? [])]),
    );
  });

  test("a name that is not a token is written as a string", async () => {
    for (const name of ["my cache", 'a "b" \\c', "9lives", "caché"]) {
      const response = await toResponse(GET_BR, await readingOf([]), { cacheName: name, now });
      const [[parsed] = []] = parseList(response.headers["cache-status"] ?? "");
      expect(parsed).toBe(name.replace("é", "?"));
      expect(parsed).not.toBeInstanceOf(Token);
    }
  });

  test("contains neither the key nor the entry's id", async () => {
    const response = await toResponse(GET_BR, await readingOf([]), { now });
    expect(JSON.stringify(response)).not.toMatch(/secret-id|key/);
  });
});

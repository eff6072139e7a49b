import * as fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import type { HttpApiEvent } from "@algoitny/cache/lambda";
import { cachedHandlers, eventOf } from "../../support/http.ts";

type Asked = ReturnType<typeof eventOf>;
const DECLARED = { query: ["a", "b"], headers: ["Accept-Language", "x-tenant"] };

/** True when the second request is answered from the first one's entry. */
async function share(first: HttpApiEvent, second: HttpApiEvent) {
  const { wrap } = cachedHandlers(DECLARED);
  const handler = vi.fn<(event: HttpApiEvent) => unknown>((event) => JSON.stringify(event));
  const get = wrap(handler);
  await get(first, {});
  await get(second, {});
  return handler.mock.calls.length === 1;
}

/** Event that a handler receives. */
async function seen(event: Asked, options: Parameters<typeof cachedHandlers>[0] = DECLARED) {
  const handler = vi.fn<(event: Asked) => string>(() => "fine");
  await cachedHandlers(options).wrap(handler)(event, {});
  return handler.mock.calls[0]?.[0];
}

const language = (value: string) => eventOf("/", { headers: { "accept-language": value } });

describe("requests that differ in a part of the key do not share a response", () => {
  test.each<[what: string, first: HttpApiEvent, second: HttpApiEvent]>([
    ["path", eventOf("/a"), eventOf("/b")],
    ["trailing slash", eventOf("/a"), eventOf("/a/")],
    [
      "path parameters, though the gateway has decoded both paths to one",
      { ...eventOf("/files/a/b"), pathParameters: { name: "a/b" } }, // /files/a%2Fb
      { ...eventOf("/files/a/b"), pathParameters: { folder: "a", name: "b" } },
    ],
    ["host", eventOf("https://one.example/a"), eventOf("https://two.example/a")],
    ["query value", eventOf("/?a=1"), eventOf("/?a=2")],
    ["order of one name's values", eventOf("/?a=1&a=2"), eventOf("/?a=2&a=1")],
    ["two values and one with a comma", eventOf("/?a=1&a=2"), eventOf("/?a=1,2")],
    ["absent and empty parameter", eventOf("/"), eventOf("/?a=")],
    ["values of two names swapped", eventOf("/?a=1&b=2"), eventOf("/?a=2&b=1")],
    ["a value that looks like a parameter", eventOf("/?a=1%26b%3D2"), eventOf("/?a=1&b=2")],
    ["header value", language("en"), language("ko")],
    ["absent and empty header", eventOf("/"), language("")],
    [
      "a header's value under another name",
      language("x"),
      eventOf("/", { headers: { "x-tenant": "x" } }),
    ],
  ])("%s", async (_, first, second) => {
    expect(await share(first, second)).toBe(false);
  });
});

describe("requests that differ only in parts outside of the key share a response", () => {
  test.each<[what: string, first: HttpApiEvent, second: HttpApiEvent]>([
    ["undeclared parameter", eventOf("/?a=1&utm_source=x"), eventOf("/?a=1")],
    [
      "undeclared header",
      eventOf("/", { headers: { "user-agent": "x", cookie: "a=b" } }),
      eventOf("/"),
    ],
    ["order of different names", eventOf("/?a=1&b=2"), eventOf("/?b=2&a=1")],
    ["spelling of a value", eventOf("/?a=%41+b"), eventOf("/?a=A%20b")],
    ["Accept-Encoding", eventOf("/", { headers: { "accept-encoding": "gzip" } }), eventOf("/")],
    ["Range", eventOf("/", { headers: { range: "bytes=0-1" } }), eventOf("/")],
    [
      "the request's own Cache-Control",
      eventOf("/", { headers: { "cache-control": "no-cache" } }),
      eventOf("/"),
    ],
  ])("%s", async (_, first, second) => {
    expect(await share(first, second)).toBe(true);
  });
});

test("a key is readable", async () => {
  const { wrap, cache } = cachedHandlers({ ...DECLARED, claims: ["sub"] });
  const headers = { authorization: "Bearer t", "x-tenant": "blue" };
  await wrap(() => "fine")(eventOf("/items/7?b=2&a=1", { headers, claims: { sub: "ada" } }), {});
  expect((await cache.keys("*")).keys).toEqual([
    "page:host:api.example.com:path:%2Fitems%2F7:query:a%3D1%26b%3D2:header.x-tenant:blue:claim.sub:ada",
  ]);
});

test("Cache-Control of a request does not force a load: any client could overload the origin with it", async () => {
  for (const directive of [
    "no-cache",
    "no-store",
    "max-age=0",
    "min-fresh=9999",
    "only-if-cached",
  ]) {
    const { wrap } = cachedHandlers();
    const handler = vi.fn<() => unknown>(() => "fine");
    const get = wrap(handler);
    await get(eventOf("/"), {});
    const again = await get(
      eventOf("/", { headers: { "cache-control": directive, pragma: "no-cache" } }),
      {},
    );
    expect(again).toMatchObject({ statusCode: 200, body: "fine" });
    expect(handler).toHaveBeenCalledTimes(1);
  }
});

test("a handler sees the parts of the key and nothing else of the request", async () => {
  const event = {
    ...eventOf("/items/7?b=2&utm=x&a=1&a=%2C", {
      method: "HEAD",
      headers: {
        "accept-language": "ko",
        cookie: "s=1",
        "x-forwarded-for": "10.0.0.1",
        "user-agent": "x",
      },
    }),
    cookies: ["s=1"],
    body: "secret",
    pathParameters: { id: "7" },
    stageVariables: { secret: "secret" },
  };
  const http = { ...event.requestContext.http, sourceIp: "10.0.0.1", userAgent: "x" };
  const asked = {
    ...event,
    requestContext: { ...event.requestContext, http, requestId: "r", timeEpoch: 5 },
  };
  expect(JSON.parse(JSON.stringify(await seen(asked)))).toEqual({
    version: "2.0",
    routeKey: "GET /items/7",
    rawPath: "/items/7",
    rawQueryString: "a=1&a=%2C&b=2",
    headers: { "accept-language": "ko" },
    queryStringParameters: { a: "1,,", b: "2" },
    pathParameters: { id: "7" },
    requestContext: {
      domainName: "api.example.com",
      stage: "$default",
      routeKey: "GET /items/7",
      requestId: "",
      time: "",
      timeEpoch: 0,
      http: { method: "GET", path: "/items/7", protocol: "HTTP/1.1", sourceIp: "", userAgent: "" },
    },
    isBase64Encoded: false,
  });
});

test("a handler sees only the declared claims of a verified token", async () => {
  const event = eventOf("/", {
    headers: { authorization: "Bearer t" },
    claims: { sub: "ada", level: 3, email: "a@example.com" },
  });
  const shown = await seen(event, { claims: ["sub", "level"] });
  expect(shown?.requestContext.authorizer).toEqual({
    jwt: { claims: { sub: "ada", level: "3" }, scopes: null },
  });
  expect(JSON.stringify(shown)).not.toMatch(/Bearer|example\.com"}/);
});

test("each request gets the answer made for itself, whatever it contains", async () => {
  const text = fc.string({ unit: "grapheme-composite", maxLength: 4 });
  const request = fc
    .record({
      a: fc.array(text, { maxLength: 2 }),
      b: fc.array(text, { maxLength: 1 }),
      tenant: fc.option(text),
    })
    .map(({ a, b, tenant }) => {
      const pairs = [...a.map((value) => ["a", value]), ...b.map((value) => ["b", value])];
      const query = pairs.map(([name, value = ""]) => `${name}=${encodeURIComponent(value)}`);
      return eventOf(`/?${query.join("&")}`, {
        headers: tenant === null ? {} : { "x-tenant": tenant },
      });
    });
  const answer = ({ rawQueryString, headers }: HttpApiEvent) =>
    JSON.stringify([[...new URLSearchParams(rawQueryString)], headers["x-tenant"]]);
  await fc.assert(
    fc.asyncProperty(fc.array(request, { minLength: 2, maxLength: 6 }), async (events) => {
      const get = cachedHandlers(DECLARED).wrap(answer);
      for (const event of [...events, ...events]) {
        expect((await get(event, {})).body).toBe(answer(event));
      }
    }),
  );
});

import type {
  APIGatewayProxyEventV2WithJWTAuthorizer,
  APIGatewayProxyStructuredResultV2,
  Context,
} from "aws-lambda";
import { expect, expectTypeOf, test, vi } from "vitest";
import { type Duration, parseTag, type Tag } from "@algoitny/cache";
import type { HttpApiEvent } from "@algoitny/cache/lambda";
import { cachedHandlers, contentOf, eventOf } from "../../support/http.ts";

const BR = { "accept-encoding": "br" };
const TEXT = { "content-type": "text/plain" };
const TAG = parseTag("pages");

const counted = () => {
  let count = 0;
  return vi.fn<() => unknown>(() => ({
    statusCode: 200,
    headers: TEXT,
    body: `answer ${++count}`,
  }));
};

test("a whole response is stored: body, content type and other headers", async () => {
  const { wrap, clock } = cachedHandlers();
  const body = "<p>안녕</p>".repeat(200);
  const get = wrap(() => ({
    statusCode: 200,
    headers: { "Content-Type": "text/html", Link: "</2>" },
    body,
  }));
  const miss = await get(eventOf("/a", { headers: BR }), {});
  clock.jump(7_000);
  const hit = await get(eventOf("/a", { headers: BR }), {});
  expect(miss.headers["cache-status"]).toBe("cache; fwd=miss; stored; ttl=300");
  expect(hit.headers).toEqual({
    age: "7",
    "cache-control": "no-cache",
    "cache-status": "cache; hit; ttl=293",
    "content-encoding": "br",
    "content-type": "text/html",
    etag: miss.headers["etag"],
    link: "</2>",
    vary: "Accept-Encoding",
  });
  expect(hit.body).toBe(miss.body);
  expect(contentOf(hit).toString()).toBe(body);
});

test("bytes that a handler returns in base64 are served unchanged", async () => {
  const { wrap } = cachedHandlers();
  const png = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 255]);
  const get = wrap(() => ({
    statusCode: 200,
    headers: { "content-type": "image/png" },
    body: png.toString("base64"),
    isBase64Encoded: true,
  }));
  for (const _ of ["miss", "hit"]) {
    const response = await get(eventOf("/a.png"), {});
    expect(response.isBase64Encoded).toBe(true);
    expect(contentOf(response)).toEqual(png);
  }
});

test("a return value without a status code is the body of a 200", async () => {
  const { wrap } = cachedHandlers();
  const asObject = await wrap(() => ({ a: 1 }))(eventOf("/object"), {});
  expect(asObject).toMatchObject({
    statusCode: 200,
    body: '{"a":1}',
    headers: { "content-type": "application/json" },
  });
  const asText = await wrap(() => "hello")(eventOf("/text"), {});
  expect(asText).toMatchObject({ statusCode: 200, body: "hello" });
  const untyped = await wrap(() => ({ statusCode: 200, body: "hi" }))(eventOf("/untyped"), {});
  expect(untyped.headers["content-type"]).toBe("text/plain; charset=utf-8");
});

test("GET is answered from the response that HEAD stored", async () => {
  const { wrap } = cachedHandlers();
  const handler = counted();
  const get = wrap(handler);
  const head = await get(eventOf("/a", { method: "HEAD" }), {});
  expect(head).toMatchObject({ statusCode: 200, body: "" });
  expect(await get(eventOf("/a"), {})).toMatchObject({
    body: "answer 1",
    headers: { etag: head.headers["etag"] },
  });
  expect(handler).toHaveBeenCalledTimes(1);
});

test("a client that has the copy gets a 304", async () => {
  const { wrap } = cachedHandlers();
  const get = wrap(counted());
  const { headers } = await get(eventOf("/a"), {});
  const again = eventOf("/a", { headers: { "if-none-match": headers["etag"] ?? "" } });
  expect(await get(again, {})).toMatchObject({ statusCode: 304, body: "" });
});

test("an entry is invalidated by its tags, which are made of the key's parts", async () => {
  const tags = vi.fn<(event: HttpApiEvent) => Tag[]>(() => [TAG]);
  const { wrap, cache } = cachedHandlers({ tags, query: ["a"] });
  const get = wrap(counted());
  await get(eventOf("/a?a=1&b=2"), {});
  await cache.invalidate([TAG]);
  expect(await get(eventOf("/a?a=1&b=2"), {})).toMatchObject({ body: "answer 2" });
  expect(tags.mock.calls[0]?.[0].rawQueryString).toBe("a=1");
});

test("the handler gets its context, whose remaining time limits the load", async () => {
  const { wrap } = cachedHandlers();
  const handler = vi.fn<(event: HttpApiEvent, context: { user: string }) => string>(
    (_, context) => context.user,
  );
  const context = { user: "Ada", getRemainingTimeInMillis: vi.fn<() => number>(() => 3_000) };
  expect(await wrap(handler)(eventOf("/a"), context)).toMatchObject({ body: "Ada" });
  expect(context.getRemainingTimeInMillis).toHaveBeenCalled();
});

test("an error of a handler reaches the caller, and nothing is stored", async () => {
  const { wrap } = cachedHandlers();
  const failure = new Error("no database");
  const handler = vi.fn<() => Promise<string>>().mockRejectedValue(failure);
  const get = wrap(handler);
  await expect(get(eventOf("/a"), {})).rejects.toBe(failure);
  handler.mockResolvedValue("fine");
  expect(await get(eventOf("/a"), {})).toMatchObject({ body: "fine" });
});

test("the types of handlers for API Gateway are accepted, with their own context", async () => {
  const { wrap } = cachedHandlers({ claims: ["sub"] });
  const get = wrap(async (event: APIGatewayProxyEventV2WithJWTAuthorizer, context: Context) => ({
    statusCode: 200,
    headers: { "x-count": 1 },
    body: `${event.requestContext.http.method} ${context.functionName}`,
  }));
  expectTypeOf(get).parameters.toEqualTypeOf<[APIGatewayProxyEventV2WithJWTAuthorizer, Context]>();
  expectTypeOf(get).returns.resolves.toExtend<APIGatewayProxyStructuredResultV2>();
  const [event, context] = [eventOf("/a"), { functionName: "page" }] as unknown as Parameters<
    typeof get
  >;
  expect(await get(event, context)).toMatchObject({
    body: "GET page",
    headers: { "x-count": "1" },
  });
});

test.each([
  [{ headers: ["Authorization"] }, 'a key cannot be made of "authorization"'],
  [{ headers: ["cookie"] }, 'a key cannot be made of "cookie"'],
  [{ claims: ["email"] }, 'add "sub" to `claims`'],
  [{ name: "two words" }, "name uses letters, digits"],
  [{ stale: "1 hour", query: [] }, 'cacheResponse: unknown option "stale": did you mean stale'],
  [{ negativeTtl: "1 hour" as Duration }, "negativeTtl <= ttl"],
])("%o is refused at definition", (options, message) => {
  expect(() => cachedHandlers(options)).toThrow(message);
});

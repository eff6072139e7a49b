import { describe, expect, test, vi } from "vitest";
import type { HttpApiEvent } from "@algoitny/cache/lambda";
import { cachedHandlers, eventOf } from "../../support/http.ts";

type Options = Parameters<typeof cachedHandlers>[0];
const subOf = ({ requestContext }: HttpApiEvent) => {
  const sub = requestContext.authorizer?.jwt?.claims?.["sub"];
  return typeof sub === "string" ? sub : "nobody";
};

const TOKEN = { authorization: "Bearer t" };

/** Number of handler calls for two equal requests with this response, and the second response. */
async function askTwice(
  answer: unknown,
  options: Options = {},
  event: HttpApiEvent = eventOf("/"),
) {
  const handler = vi.fn<() => unknown>(() => answer);
  const get = cachedHandlers(options).wrap(handler);
  await get(event, {});
  const second = await get(event, {});
  return { calls: handler.mock.calls.length, second };
}

describe("a response for a single client is never stored", () => {
  test.each<[answer: object, reason: string]>([
    [{ headers: { "cache-control": "no-store" } }, "no-store"],
    [{ headers: { "Cache-Control": "max-age=60, No-Store" } }, "no-store"],
    [{ headers: { "cache-control": "private" } }, "private"],
    [{ headers: { "cache-control": 'private="x-user", max-age=9' } }, "private"],
    [{ headers: { "Set-Cookie": "a=b" } }, "set-cookie"],
    [{ cookies: ["a=b"] }, "set-cookie"],
    [{ headers: { vary: "Origin" } }, "vary"],
    [{ headers: { vary: "*" } }, "vary"],
    [{ headers: { vary: "Accept-Encoding, Cookie" } }, "vary"],
    [{ headers: { "content-encoding": "gzip" } }, "content-encoding"],
    [{ statusCode: 201 }, "status"],
    [{ statusCode: 206 }, "status"],
    [{ statusCode: 302, headers: { location: "/b" } }, "status"],
    [{ statusCode: 400 }, "status"],
    [{ statusCode: 404 }, "status"],
    [{ statusCode: 429 }, "status"],
    [{ statusCode: 500 }, "status"],
    [{ statusCode: 503, cookies: ["a=b"] }, "set-cookie"],
  ])("%o: %s", async (answer, reason) => {
    const { calls, second } = await askTwice({ statusCode: 200, body: "mine", ...answer });
    expect(calls).toBe(2);
    expect(second).toMatchObject({
      statusCode: 200,
      body: "mine",
      ...answer,
      headers: expect.anything(),
    });
    expect(second.headers["cache-status"]).toBe(`cache; fwd=miss; detail=${reason}`);
  });

  test("and its answer to HEAD has no body", async () => {
    const event = eventOf("/", { method: "HEAD" });
    expect((await askTwice({ statusCode: 400, body: "bad" }, {}, event)).second.body).toBe("");
  });

  test("a response that may be shared is stored once", async () => {
    for (const headers of [
      { vary: "Accept-Encoding" },
      { vary: "Accept-Language, accept-encoding" },
      { "cache-control": "public, max-age=60" },
      { "cache-control": "no-cache" },
      { "content-encoding": "identity" },
    ]) {
      const answer = { statusCode: 200, headers, body: "all" };
      expect((await askTwice(answer, { headers: ["accept-language"] })).calls).toBe(1);
    }
  });
});

test("requests that join a load do not get a response that is private to another client", async () => {
  const { wrap } = cachedHandlers();
  let session = 0;
  const handler = vi.fn<() => unknown>(async () => ({
    statusCode: 200,
    cookies: [`s=${++session}`],
    body: `${session}`,
  }));
  const get = wrap(handler);
  const responses = await Promise.all(Array.from({ length: 5 }, () => get(eventOf("/"), {})));
  expect(new Set(responses.map(({ cookies }) => cookies?.[0])).size).toBe(5);
});

describe("with credentials", () => {
  const asUser = (sub: string) => eventOf("/", { headers: TOKEN, claims: { sub } });
  const whoAmI = vi.fn<(event: HttpApiEvent) => unknown>((event) => ({
    statusCode: 200,
    headers: { "cache-control": "private, no-cache" },
    body: subOf(event),
  }));

  test("a response is not shared when no claim is declared", async () => {
    for (const event of [asUser("ada"), eventOf("/", { headers: TOKEN })]) {
      const { calls, second } = await askTwice({ statusCode: 200, body: "all" }, {}, event);
      expect(calls).toBe(2);
      expect(second.headers["cache-status"]).toBe("cache; fwd=bypass; detail=credentials");
    }
  });

  test("and the handler sees the whole request", async () => {
    const handler = vi.fn<(event: HttpApiEvent) => unknown>(
      (event) => event.headers["authorization"],
    );
    const response = await cachedHandlers().wrap(handler)(eventOf("/", { headers: TOKEN }), {});
    expect(response.body).toBe("Bearer t");
  });

  test("a token that no authorizer has verified names no user, whatever is declared", async () => {
    const event = eventOf("/", { headers: TOKEN });
    expect((await askTwice("fine", { claims: ["sub"] }, event)).calls).toBe(2);
  });

  test("each principal has a separate entry, and so have anonymous requests", async () => {
    const get = cachedHandlers({ claims: ["sub"] }).wrap(whoAmI);
    const asked = [asUser("ada"), asUser("bob"), asUser(""), asUser("ada"), asUser("bob")];
    const bodies: string[] = [];
    for (const event of asked) bodies.push((await get(event, {})).body);
    expect(bodies).toEqual(["ada", "bob", "", "ada", "bob"]);
    expect(whoAmI).toHaveBeenCalledTimes(3);
    expect((await get(eventOf("/"), {})).body).toBe("nobody");
  });

  test("the answer varies on Authorization and stays private", async () => {
    const { second } = await askTwice(
      { statusCode: 200, headers: { "cache-control": "private, no-cache" }, body: "mine" },
      { claims: ["sub"], headers: ["Accept"] },
      asUser("ada"),
    );
    expect(second.headers).toMatchObject({
      vary: "Accept-Encoding, accept, Authorization",
      "cache-control": "private, no-cache",
      "cache-status": "cache; hit; ttl=300",
    });
  });
});

test("a Cache-Status that the handler sends stays before the cache's own", async () => {
  const headers = { "cache-status": "inner; hit", "cache-control": "no-store" };
  const { second } = await askTwice({ statusCode: 200, headers });
  expect(second.headers["cache-status"]).toBe("inner; hit, cache; fwd=miss; detail=no-store");
});

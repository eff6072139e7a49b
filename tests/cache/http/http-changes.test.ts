import { describe, expect, test, vi } from "vitest";
import { Cache } from "@algoitny/cache";
import { holdLoads } from "../../support/held-loads.ts";
import { answering, cachedHandlers, eventOf } from "../../support/http.ts";

describe("an unsafe method", () => {
  test.each([200, 201, 204, 303])(
    "that answers %i invalidates every entry of its URI",
    async (statusCode) => {
      const { wrap } = cachedHandlers({ query: ["page"] });
      let version = 1;
      const handle = wrap((event) => {
        if (event.requestContext.http.method === "GET") return `version ${version}`;
        version += 1;
        return { statusCode };
      });
      for (const url of ["/a", "/a?page=2", "/b"]) await handle(eventOf(url), {});
      await handle(eventOf("/a?ignored", { method: "POST" }), {});
      const bodies = ["/a", "/a?page=2", "/b"].map(
        async (url) => (await handle(eventOf(url), {})).body,
      );
      expect(await Promise.all(bodies)).toEqual(["version 2", "version 2", "version 1"]);
    },
  );

  test("that fails, and a safe one other than GET, invalidate nothing", async () => {
    const { ask, handler } = answering(
      {},
      { body: "kept" },
      { statusCode: 409 },
      { statusCode: 500 },
      { statusCode: 204 },
    );
    await ask();
    expect(await ask("PUT")).toMatchObject({ statusCode: 409 });
    expect(await ask("DELETE")).toMatchObject({ statusCode: 500 });
    expect(await ask("OPTIONS")).toMatchObject({ statusCode: 204 });
    expect(await ask()).toMatchObject({ body: "kept" });
    expect(handler).toHaveBeenCalledTimes(4);
  });

  test("reaches its handler with the whole request, and its conditions are left to the handler", async () => {
    const { wrap } = cachedHandlers();
    const event = {
      ...eventOf("/a", { method: "POST", headers: { "if-none-match": "*", cookie: "a=b" } }),
      body: "{}",
    };
    const handler = vi.fn<(event: unknown) => unknown>(() => ({ statusCode: 201 }));
    expect(await wrap(handler)(event, {})).toMatchObject({ statusCode: 201 });
    expect(handler.mock.calls[0]?.[0]).toBe(event);
  });
});

test("a load that began before an invalidation is not stored", async () => {
  const { wrap, cache } = cachedHandlers();
  const { load: handler, loads: answers } = holdLoads<string>();
  const get = wrap(handler);
  const early = get(eventOf("/a"), {});
  await vi.waitFor(() => expect(handler).toHaveBeenCalledTimes(1));
  await cache.clear();
  answers(0).resolve("old");
  answers(1).resolve("new");
  expect((await early).headers["cache-status"]).toBe("cache; fwd=miss; detail=fill-refused");
  expect((await get(eventOf("/a"), {})).body).toBe("new");
});

test("while the store is down requests bypass it, and none is a 5xx", async () => {
  const down = () => Promise.reject(new Error("connection refused"));
  const store = {
    mget: down,
    follow: down,
    lease: down,
    revalidate: down,
    stamps: down,
    commit: down,
    release: down,
    expire: down,
    delete: down,
    walk: down,
    begin: down,
    end: down,
    beat: down,
  };
  const { ask } = answering({ cache: new Cache({ store }) }, { body: "fine" });
  const response = await ask();
  expect(response).toMatchObject({ statusCode: 200, body: "fine" });
  expect(response.headers["cache-status"]).toBe("cache; fwd=bypass; detail=store-unreachable");
});

test("headers that are never replayed are not stored either", async () => {
  const headers = {
    "server-timing": "db;dur=5",
    "access-control-allow-origin": "https://one.example",
    connection: "close",
    "x-request-cost": "7",
  };
  const { ask, store } = answering({}, { headers, body: "fine" });
  await ask();
  const { keys } = await store.walk({ pattern: "*", remove: [] });
  const texts = (await store.mget(keys)).join("\n");
  expect(texts).toContain("x-request-cost");
  expect(texts).not.toMatch(/server-timing|access-control|connection/);
});

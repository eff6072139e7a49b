import { describe, expect, test, vi } from "vitest";
import {
  type CacheOptions,
  defineResource,
  defineTags,
  Loaded,
  type ResourceOptions,
} from "@algoitny/cache";
import { cacheFetch, toResponse } from "@algoitny/cache/http";
import { cacheResponse } from "@algoitny/cache/lambda";
import type { Store } from "@algoitny/cache/store";
import { eventOf, LONG_LIST } from "../../support/http.ts";
import { fleet } from "../../support/test-cache.ts";

const tags = defineTags({ list: () => [], slug: (slug: string) => [slug] });

/** A cache of one list, and its requests to the store. */
function setup(
  options: Partial<ResourceOptions<void, unknown, void>> = {},
  more: Partial<CacheOptions> = {},
) {
  const requests: string[] = [];
  const wrap = (store: Store): Store =>
    new Proxy(store, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== "function") return value;
        return (...args: unknown[]) => {
          requests.push(String(name));
          return Reflect.apply(value, target, args) as unknown;
        };
      },
    });
  const all = fleet({ wrap, ...more });
  const load = vi.fn(async (): Promise<unknown> => LONG_LIST);
  const list = defineResource({
    name: "list",
    tags: () => [tags.list()],
    ttl: "10 minutes",
    staleWhileRevalidate: "1 minute",
    jitter: 0,
    ...options,
    load,
  });
  const read = (ifNoneMatch?: string) => all.cache.getEntry(list, undefined, { ifNoneMatch });
  /** Answers a client that has copies; returns the requests to the store for it. */
  const ask = async (ifNoneMatch: string, headers: Record<string, string> = {}) => {
    requests.length = 0;
    const reading = await read(ifNoneMatch);
    const asked = { "accept-encoding": "br", "if-none-match": ifNoneMatch, ...headers };
    const request = new Request("https://api.example/list", { headers: asked });
    const response = await toResponse(request, reading);
    return { reading, response, status: response.status, requests: [...requests] };
  };
  return { ...all, list, load, read, ask, requests };
}

const REVALIDATED = { status: 304, requests: ["revalidate"] };

describe("a client whose copy is still valid", () => {
  test.each([
    ["its ETag", (etag: string) => `"${etag}"`],
    ["a weak one", (etag: string) => `W/"${etag}"`],
    ["the last of a list", (etag: string) => `"other", W/"a,b" ,"${etag}"`],
    ["any", () => " * "],
  ])(
    "is answered by one request to the store, without the body, when it sends %s",
    async (_, named) => {
      const { read, ask } = setup();
      const { etag } = await read();
      const { reading, ...answer } = await ask(named(etag));
      expect(answer).toMatchObject(REVALIDATED);
      expect(reading).toMatchObject({ status: "hit", etag, entry: { body: "" } });
      expect(answer.response.headers.get("etag")).toBe(`"${etag}"`);
    },
  );

  test("may have and ask for another coding than the stored one", async () => {
    const { read, ask } = setup();
    const { etag } = await read();
    const answer = await ask(`"${etag}-gzip"`, { "accept-encoding": "gzip" });
    expect(answer).toMatchObject({ ...REVALIDATED, reading: { entry: { body: "" } } });
  });

  test("does not keep the application from reading the value", async () => {
    const { read } = setup();
    const { etag } = await read();
    await expect((await read(`"${etag}"`)).value()).resolves.toEqual(LONG_LIST);
  });

  test("may have an ETag that the loader stored as a header", async () => {
    const { load, read, requests } = setup();
    load.mockResolvedValue(new Loaded(LONG_LIST, { headers: { etag: "own" } }));
    await read();
    requests.length = 0;
    expect((await read('"own"')).entry.body).toBe("");
    expect(requests).toEqual(["revalidate"]);
  });

  test("costs one request through cacheResponse and cacheFetch too", async () => {
    const { cache, requests } = setup();
    const text = JSON.stringify(LONG_LIST);
    const options = { cache, ttl: "1 minute", cacheControl: "no-cache" } as const;
    const lambda = cacheResponse({ ...options, name: "lambda" })(async () => text);
    const fetched = cacheFetch({ ...options, name: "fetched" })(async () => new Response(text));
    const askLambda = async (headers: Record<string, string>) => {
      const { statusCode, headers: sent } = await lambda(eventOf("/list", { headers }), {});
      return { status: statusCode, etag: sent["etag"] ?? "" };
    };
    const askFetched = async (headers: Record<string, string>) => {
      const response = await fetched(new Request("https://api.example/list", { headers }));
      return { status: response.status, etag: response.headers.get("etag") ?? "" };
    };
    for (const ask of [askLambda, askFetched]) {
      const { etag } = await ask({});
      requests.length = 0;
      expect({ ...(await ask({ "if-none-match": etag })), requests }).toEqual({
        ...REVALIDATED,
        etag,
      });
    }
  });
});

describe("a client whose copy cannot be used", () => {
  test("has another version: the body comes with the same request", async () => {
    const { ask, read } = setup();
    await read();
    const { response, ...answer } = await ask('"another"');
    expect(answer).toMatchObject({ status: 200, requests: ["revalidate"] });
    expect(await response.bytes()).toBeInstanceOf(Uint8Array);
    expect(answer.reading.entry.body).not.toBe("");
  });

  test("has it in another coding than it asks for: the body comes with a second request", async () => {
    const { ask, read } = setup();
    const { etag } = await read();
    const asking = ask(`"${etag}"`, { "accept-encoding": "identity" });
    await expect(asking).resolves.toMatchObject({ status: 200, requests: ["revalidate", "mget"] });
    expect(await (await asking).response.json()).toEqual(LONG_LIST);
  });

  test("has an invalidated version: it is loaded again", async () => {
    const { cache, load, ask, read } = setup();
    const { etag } = await read();
    await cache.invalidate(tags.list());
    load.mockResolvedValue([]);
    const { response, requests } = await ask(`"${etag}"`);
    expect(await response.json()).toEqual([]);
    expect(requests).toEqual(["revalidate", "lease", "commit"]);
  });

  test("has an expired version: it is refreshed, and the loader can read the previous value", async () => {
    const { clock, load, ask, read } = setup();
    const { etag } = await read();
    clock.jump(630_000);
    load.mockImplementation((async (
      _params: unknown,
      _source: unknown,
      { previous }: { previous: { value(): Promise<unknown> } },
    ) => previous.value()) as never);
    const reading = { status: "miss", stored: true };
    await expect(ask(`"${etag}"`)).resolves.toMatchObject({ reading, status: 304 });
    expect(await (await read()).value()).toEqual(LONG_LIST);
  });

  test("has a version that is refreshed early: an unchanged body is taken over from the store", async () => {
    let isEarly = false;
    const { clock, load, read } = setup({}, { random: () => (isEarly ? 0 : 0.5) });
    load.mockImplementation(async () => {
      clock.jump(5);
      return LONG_LIST;
    });
    const { etag } = await read();
    load.mockImplementation((async (
      _params: unknown,
      _source: unknown,
      { previous }: { previous: { notModified(): never } },
    ) => previous.notModified()) as never);
    clock.jump(598_000);
    isEarly = true;
    expect(await read(`"${etag}"`)).toMatchObject({ stored: true, etag });
    isEarly = false;
    const after = await read();
    expect(after.status).toBe("hit");
    expect(await after.value()).toEqual(LONG_LIST);
  });
});

test("an entry whose header is damaged is loaded again, though a client has its body", async () => {
  const { store, read } = setup();
  const { etag } = await read();
  const name = "cache:1:list:all";
  const [text] = await store.mget([name]);
  store.put(name, String(text).replace(/"1",1/, '"1",2'), 60_000);
  expect(await read(`"${etag}"`)).toMatchObject({ status: "miss", stored: true });
});

describe("the answer is the same where the store sends the body", () => {
  test.each([
    ["an entry that the process holds", { l1: true }, {}],
    ["looks that a replica may answer", {}, { reads: "any" }],
    ["a resource that is ramped up", { ramp: 100 }, {}],
  ] as const)("with %s", async (_, options, more) => {
    const { read, ask } = setup(options, more);
    const { etag } = await read();
    expect(await ask(`"${etag}"`)).toMatchObject({ status: 304, requests: ["mget"] });
  });

  test("with a store whose `revalidate` returns the body", async () => {
    const { read, ask } = setup({}, {
      wrap: (store: Store): Store =>
        new Proxy(store, {
          get: (target, name) =>
            name === "revalidate"
              ? ({ keys }: { keys: readonly string[] }) => target.mget(keys)
              : (Reflect.get(target, name) as unknown),
        }),
    } as never);
    const { etag } = await read();
    const { reading, status } = await ask(`"${etag}"`);
    expect(status).toBe(304);
    expect(reading.entry.body).not.toBe("");
  });

  test("in shadow mode, where each read loads", async () => {
    const { load, read, ask } = setup({ mode: "shadow" });
    const { etag } = await read();
    expect((await ask(`"${etag}"`)).status).toBe(304);
    expect(load).toHaveBeenCalledTimes(2);
  });

  test("with value tags that the process has not seen", async () => {
    const { load, read, instance, list } = setup();
    load.mockResolvedValue(new Loaded(LONG_LIST, { tags: [tags.slug("a")] }));
    await read();
    const { etag } = await read();
    const other = instance();
    const first = await other.getEntry(list, undefined, { ifNoneMatch: `"${etag}"` });
    expect(first).toMatchObject({ status: "hit", etag });
    expect(first.entry.body).not.toBe("");
    const second = await other.getEntry(list, undefined, { ifNoneMatch: `"${etag}"` });
    expect(second).toMatchObject({ status: "hit", etag, entry: { body: "" } });
    await instance().invalidate(tags.slug("a"));
    const third = await other.getEntry(list, undefined, { ifNoneMatch: `"${etag}"` });
    expect(third.status).toBe("miss");
  });
});

test("an entry that is not confirmed within `maxStaleness` is loaded, though a client has it", async () => {
  const { cache, clock, read } = setup({}, { maxStaleness: "1 minute" });
  const { etag } = await read();
  await cache.beat({ closedMs: clock.now(), expected: null });
  const { etag: again } = await read();
  expect(again).toBe(etag);
  expect(await read(`"${etag}"`)).toMatchObject({ status: "hit", entry: { body: "" } });
  clock.jump(90_000);
  expect((await read(`"${etag}"`)).status).toBe("miss");
});

test("a pending invalidation of this process applies to clients with copies too", async () => {
  let isDown = false;
  const { cache, read } = setup({}, {
    wrap: (store: Store): Store =>
      new Proxy(store, {
        get: (target, name) =>
          name === "delete" && isDown
            ? () => Promise.reject(new Error("no store"))
            : (Reflect.get(target, name) as unknown),
      }),
  } as never);
  const { etag } = await read();
  isDown = true;
  await expect(cache.invalidate(tags.list())).rejects.toThrow("invalidation_failed");
  expect((await read(`"${etag}"`)).status).not.toBe("hit");
});

test("a share of the 304 answers is checked, as hits are", async () => {
  const enqueue = vi.fn(async () => undefined);
  const { read } = setup({}, { verify: { rate: 1, enqueue } });
  const { etag } = await read();
  await read(`"${etag}"`);
  expect(enqueue).toHaveBeenCalledTimes(1);
});

import {
  Cache,
  cacheMethod,
  cacheQuery,
  CacheError,
  defineResource,
  defineTags,
  Loaded,
  MemoryStore,
  subscribe,
} from "@algoitny/cache";
import { cacheFetch, principalOf, toResponse } from "@algoitny/cache/http";
import { cacheResponse, toResponse as toResult } from "@algoitny/cache/lambda";
import { createRedisStore } from "@algoitny/cache/redis";
import { createUpstashStore } from "@algoitny/cache/upstash";

/** The promises of the library in every runtime, tried with nothing but the packed package. */

const tags = defineTags({ book: (id) => [id], shelf: (name) => [name] });
const ROWS = Array.from({ length: 200 }, (_, id) => ({ id, title: `제목 ${id}` }));

function same(actual, expected) {
  const [left, right] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (left !== right) throw new Error(`${left} instead of ${right}`);
}

/** A resource that counts its loads, in a cache over a store. */
function shelf(store, options = {}) {
  let loads = 0;
  const book = defineResource({
    name: "book",
    key: ({ id }) => ({ id }),
    tags: ({ id }) => [tags.book(id), tags.shelf("a")],
    ttl: "1 minute",
    load: async ({ id }) => ({ id, load: ++loads, rows: ROWS }),
    ...options,
  });
  const prefix = `smoke:${Math.floor(Math.random() * 1e9)}`;
  const open = () => new Cache({ store, prefix, resources: [book], storeTimeout: "5 seconds" });
  return { book, cache: open(), other: open(), prefix };
}

/** Walks over the keys, step by step. */
async function allKeys(cache, pattern) {
  const found = [];
  for (let cursor = "0"; ;) {
    const step = await cache.keys(pattern, { cursor });
    found.push(...step.keys);
    cursor = step.cursor;
    if (cursor === "0") return found;
  }
}

/** The same over every store. */
const storeCases = (name, createStore) => ({
  [`${name}: a hit, an invalidation by another instance, and a miss`]: async (env) => {
    const { book, cache, other } = shelf(createStore(env));
    same((await cache.get(book, { id: 7 })).load, 1);
    same((await other.get(book, { id: 7 })).load, 1);
    await other.invalidate(tags.book(7));
    same((await cache.get(book, { id: 7 })).load, 2);
    same((await cache.get(book, { id: 7 })).rows[3].title, "제목 3");
  },
  [`${name}: many at once, errors in place`]: async (env) => {
    const { book, cache } = shelf(createStore(env), {
      load: ({ id }) => (id === 2 ? Promise.reject(new Error("two")) : { id }),
    });
    const values = await cache.getMany(book, [{ id: 1 }, { id: 2 }, { id: 3 }]);
    same(
      values.map((value) => (value instanceof Error ? value.message : value.id)),
      [1, "two", 3],
    );
  },
  [`${name}: one load for readers at once, and a snapshot`]: async (env) => {
    const { book, cache, other } = shelf(createStore(env));
    const values = await Promise.all(
      Array.from({ length: 20 }, (_, reader) => (reader % 2 ? cache : other).get(book, { id: 1 })),
    );
    same([...new Set(values.map(({ load }) => load))], [1]);
    await cache.get(book, { id: 2 });
    same((await cache.getMany(book, [{ id: 1 }, { id: 2 }], { snapshot: true })).length, 2);
  },
  [`${name}: set, change, refresh, expire, delete, clear, keys and patterns`]: async (env) => {
    const { book, cache } = shelf(createStore(env), { staleWhileRevalidate: "1 minute" });
    same(await cache.set(book, { id: 7 }, () => ({ id: 7, set: true })), { id: 7, set: true });
    same(await cache.get(book, { id: 7 }), { id: 7, set: true });
    same(await cache.change(tags.book(7), () => "changed"), "changed");
    same((await cache.get(book, { id: 7 })).load, 1);
    same(await cache.refresh(book, { id: 7 }), "refreshed");
    await cache.expire(tags.shelf("a"));
    await cache.get(book, { id: 7 });
    same(await allKeys(cache, "book:*"), ["book:id:7"]);
    await cache.invalidatePattern("book:*");
    same(await cache.peek(book, { id: 7 }), undefined);
    same(await cache.getOrSet("own", () => 1, "1 minute"), 1);
    await cache.delete("own");
    same(await cache.getOrSet("own", () => 2, "1 minute"), 2);
    await cache.clear();
    same(await cache.getOrSet("own", () => 3, "1 minute"), 3);
  },
  [`${name}: check finds the store sound`]: async (env) => {
    same(typeof (await shelf(createStore(env)).cache.check()).roundTripMs, "number");
  },
});

/** A client of the endpoint that does what Redis clients do. */
const senderOf = ({ url, token }) => ({
  send: async (command) => {
    const response = await fetch(url, {
      method: "POST",
      headers: { authorization: `Bearer ${token}` },
      body: JSON.stringify(command),
    });
    const { result, error } = await response.json();
    if (error) throw new Error(error);
    return result;
  },
});

const get = (path, headers = {}) => new Request(`https://api.example.com${path}`, { headers });
const event = (headers = {}) => ({
  version: "2.0",
  rawPath: "/list",
  rawQueryString: "",
  headers,
  requestContext: { http: { method: "GET" }, domainName: "api.example.com" },
});

const CASES = {
  ...storeCases("memory", () => new MemoryStore()),
  ...storeCases("Upstash", ({ upstash }) =>
    createUpstashStore({ ...upstash, timeout: "5 seconds" }),
  ),
  ...storeCases("a Redis client", ({ upstash }) => createRedisStore(senderOf(upstash))),

  "Upstash: a wrong token is reported, and fails no read": async ({ upstash }) => {
    const { book, cache } = shelf(createUpstashStore({ ...upstash, token: "wrong" }));
    same((await cache.get(book, { id: 7 })).load, 1);
    const code = await cache.check().catch((error) => error.code);
    same(code, "store_misconfigured");
  },
  "copies in the process: text, and one frozen value": async () => {
    const { book, cache } = shelf(new MemoryStore(), { l1: true });
    for (const _ of [1, 2, 3]) same((await cache.get(book, { id: 7 })).load, 1);
    const shared = shelf(new MemoryStore(), { l1: { share: true } });
    for (const _ of [1, 2]) await shared.cache.get(shared.book, { id: 7 });
    const [one, other] = [
      await shared.cache.get(shared.book, { id: 7 }),
      await shared.cache.get(shared.book, { id: 7 }),
    ];
    same([one === other, Object.isFrozen(one.rows[0])], [true, true]);
  },
  "functions, methods and what a loader can say": async () => {
    const cache = new Cache({ store: new MemoryStore() });
    let calls = 0;
    const add = cacheQuery({ cache, name: "add", ttl: "1 minute" }, async (a, b) => {
      calls += 1;
      return new Loaded(a + b, { ttl: "1 second" }).value;
    });
    same([await add(1, 2), await add(1, 2), calls], [3, 3, 1]);
    same(typeof cacheMethod({ cache, name: "method", ttl: "1 minute" }), "function");
  },
  "events are typed objects": async () => {
    const types = [];
    const end = subscribe(({ type }) => types.push(type));
    const { book, cache } = shelf(new MemoryStore());
    for (const _ of [1, 2]) await cache.get(book, { id: 7 });
    end();
    same([types.includes("load"), types.includes("hit")], [true, true]);
  },
  "a definition that cannot be right is refused": async () => {
    let error;
    try {
      defineResource({ name: "u", ttl: "1 minute", load: () => 1, fresh: "1 minute" });
    } catch (thrown) {
      error = thrown;
    }
    same([error instanceof CacheError, error?.code], [true, "definition_invalid"]);
  },
  "a Response has the stored Brotli bytes, an ETag, and a 304": async () => {
    const { book, cache } = shelf(new MemoryStore());
    await cache.get(book, { id: 7 });
    const entry = await cache.getEntry(book, { id: 7 });
    const sent = await toResponse(get("/", { "accept-encoding": "br" }), entry);
    same([sent.status, sent.headers.get("content-encoding")], [200, "br"]);
    const etag = sent.headers.get("etag");
    const again = get("/", { "accept-encoding": "br", "if-none-match": etag });
    same((await toResponse(again, entry)).status, 304);
    same((await (await toResponse(get("/"), entry)).json()).load, 1);
    const gzip = await toResponse(get("/", { "accept-encoding": "gzip" }), entry);
    same(gzip.headers.get("content-encoding"), "gzip");
  },
  "gzip is stored where it is chosen": async () => {
    const { book, cache } = shelf(new MemoryStore(), { compression: "gzip" });
    await cache.get(book, { id: 7 });
    same((await cache.get(book, { id: 7 })).rows.length, ROWS.length);
    same((await cache.getEntry(book, { id: 7 })).entry.header.coding, "gzip");
  },
  "whole responses of a handler, by principal": async () => {
    const cache = new Cache({ store: new MemoryStore() });
    let runs = 0;
    const principal = (request) => request.headers.get("x-verified") ?? undefined;
    const handler = cacheFetch({ cache, name: "page", ttl: "1 minute", query: ["a"], principal })(
      async (request) =>
        new Response(`${principalOf(request)} ${new URL(request.url).search} ${++runs}`),
    );
    const ask = async (path, user) =>
      (await handler(get(path, user && { "x-verified": user }))).text();
    same(await ask("/?a=1&b=2", "ada"), "ada ?a=1 1");
    same(await ask("/?b=3&a=1", "ada"), "ada ?a=1 1");
    same(await ask("/?a=1"), "undefined ?a=1 2");
    const post = new Request("https://api.example.com/", { method: "POST", body: "x" });
    same((await handler(post)).status, 200);
    same(await ask("/?a=1", "ada"), "ada ?a=1 4");
  },
  "results of a Lambda function": async () => {
    const { book, cache } = shelf(new MemoryStore());
    const entry = await cache.getEntry(book, { id: 7 });
    const result = await toResult(event({ "accept-encoding": "br" }), entry);
    same([result.statusCode, result.isBase64Encoded], [200, true]);
    const handler = cacheResponse({ cache, name: "page", ttl: "1 minute" })(() => "fine");
    for (const _ of [1, 2]) same((await handler(event(), {})).body, "fine");
  },
  "CommonJS requires what modules import": async ({ require }) => {
    if (require === undefined) return;
    same(require("@algoitny/cache").Cache === Cache, true);
    same(require("@algoitny/cache/http").toResponse === toResponse, true);
  },
  "requests of node:http": async ({ listen }) => {
    if (listen === undefined) return;
    const { sendResponse, toListener } = await import("@algoitny/cache/node");
    const { book, cache } = shelf(new MemoryStore());
    const cached = toListener(
      cacheFetch({ cache, name: "page", ttl: "1 minute" })(async () => new Response("fine")),
    );
    await listen(
      async (request, response) =>
        request.url === "/page"
          ? cached(request, response)
          : sendResponse(request, response, await cache.getEntry(book, { id: 7 })),
      async (origin) => {
        for (const _ of [1, 2]) same(await (await fetch(`${origin}/page`)).text(), "fine");
        const answer = await fetch(`${origin}/book`);
        same((await answer.json()).load, 1);
        const again = await fetch(`${origin}/book`, {
          headers: { "if-none-match": answer.headers.get("etag") },
        });
        same(again.status, 304);
      },
    );
  },
};

/** Runs all cases; returns what failed, by title. */
export async function smoke(env) {
  const failures = [];
  for (const [title, run] of Object.entries(CASES)) {
    try {
      await run(env);
    } catch (error) {
      failures.push(
        `${title}: ${String(error?.stack ?? error)
          .split("\n")
          .slice(0, 3)
          .join(" ")}`,
      );
    }
  }
  return { cases: Object.keys(CASES).length, failures };
}

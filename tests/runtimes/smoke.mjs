import {
  Cache,
  cacheMethod,
  cacheQuery,
  CacheError,
  defineResource,
  Loaded,
  MemoryStore,
  subscribe,
} from "@algoitny/cache";
import { cacheFetch, principalOf, toResponse } from "@algoitny/cache/http";
import { cacheResponse, toResponse as toResult } from "@algoitny/cache/lambda";
import { createUpstashStore } from "@algoitny/cache/upstash";
import { ROWS, runCases, same, shelf, STORE_CASES } from "./smoke-stores.mjs";

/** The guarantees of the library in every runtime, tested with only the packed package. */

const get = (path, headers = {}) => new Request(`https://api.example.com${path}`, { headers });
const event = (headers = {}) => ({
  version: "2.0",
  rawPath: "/list",
  rawQueryString: "",
  headers,
  requestContext: { http: { method: "GET" }, domainName: "api.example.com" },
});

const CASES = {
  ...STORE_CASES,

  "Upstash: a wrong token is reported, and fails no read": async ({ upstash }) => {
    const { book, cache } = shelf(createUpstashStore({ ...upstash, token: "wrong" }));
    same((await cache.get(book, { id: 7 })).load, 1);
    const code = await cache.check().catch((error) => error.code);
    same(code, "store_misconfigured");
  },
  "values in the process (L1): as text, and as one frozen value": async () => {
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
  "functions, methods and `Loaded`": async () => {
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
  "an invalid definition is refused": async () => {
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

/** Runs all cases; returns the failures by title. */
export const smoke = (env) => runCases(CASES, env);

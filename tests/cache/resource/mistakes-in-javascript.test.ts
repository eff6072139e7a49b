import { expect, test, vi } from "vitest";
import {
  Cache,
  cacheQuery,
  defineResource,
  defineTags,
  keyOf,
  MemoryStore,
  toMs,
} from "@algoitny/cache";
import { createRedisStore } from "@algoitny/cache/redis";
import { createUpstashStore } from "@algoitny/cache/upstash";

/** The library without its types, as plain JavaScript uses it. */
// oxlint-disable-next-line typescript/no-explicit-any -- what the compiler would refuse
const js = (value: unknown): any => value;

const tags = js(defineTags({ book: (id: number) => [id] }));
const store = new MemoryStore();
const cache = js(new Cache({ store }));
const define = (options: object) =>
  js(defineResource)({ name: "book", ttl: "1 minute", load: async () => 1, ...options });
const read = (options: object, params: unknown) =>
  js(new Cache({ store: new MemoryStore() })).get(define(options), params);

test.for<[mistake: string, call: () => unknown, message: string]>([
  [
    "a key is forgotten",
    () => read({}, { id: 1 }),
    "its parameters are an object: say what identifies an entry, as in key: ({ id }) => ({ id })",
  ],
  [
    "a key's function returns nothing",
    () => read({ key: () => undefined }, { id: 1 }),
    'resource "book": key is undefined: say what identifies an entry, as in key: ({ id }) => ({ id })',
  ],
  ["a key is a name", () => define({ key: "id" }), "key is not a function"],
  ["a key of one's own is nothing", () => js(keyOf)(undefined), "key is undefined: say what"],
  ["a tag has no part", () => tags.book(undefined), "tags.book: part 1 is undefined: pass a"],
  [
    "a tag is not called",
    () => cache.invalidate(tags.book),
    "argument 1 is a function: call it, as",
  ],
  [
    "a tag in a list is not called",
    () => cache.invalidate([tags.book]),
    "item 0 is a function: call it, as in",
  ],
  [
    "a tag is missing",
    () => cache.invalidate(undefined),
    "argument 1 is undefined: call the tag, as",
  ],
  [
    "a cached function is invalidated",
    () => cache.invalidate(cacheQuery({ cache, name: "q", ttl: "1 minute" }, () => 1)),
    "argument 1 is a function: pass its `resource`",
  ],
  ["tags are a text", () => read({ tags: () => "book:7" }, 1), "tags returned a string: return an"],
  [
    "tags are asynchronous",
    () => read({ tags: async () => [] }, 1),
    "tags returned a Promise: return",
  ],
  [
    "a tag of a list is not called",
    () => read({ tags: [tags.book] }, 1),
    "in place 0: call the tag",
  ],
  ["a prefix has no number", () => new Cache({ store, prefix: "shop" }), 'prefix is "name:number"'],
  [
    "a prefix reaches into another cache's",
    () => new Cache({ store, prefix: "shop:a" }),
    'prefix is "name:number"',
  ],
  [
    "a store is a Map",
    () => js(Cache) && new Cache(js({ store: new Map() })),
    "is it a client? createRedisStore(client), createUpstashStore({ url, token })",
  ],
  ["there is no store", () => new Cache(js({})), '"store" is missing'],
  ["a cache has no options", () => new Cache(js(undefined)), "new Cache: options are missing"],
  [
    "an option is of another library",
    () => define({ swr: "1 hour" }),
    "did you mean staleWhileRevalidate?",
  ],
  [
    "an option is of no library",
    () => new Cache(js({ store, swr: 1 })),
    'unknown option "swr": store prefix',
  ],
  [
    "a duration has no unit",
    () => define({ ttl: 60 }),
    '"60" is not a duration: write one as in "5 minutes"',
  ],
  [
    "a duration is over a hundred years",
    () => toMs("73001 days"),
    'is over 100 years: write one as in "5 minutes"',
  ],
  ["there is no ttl", () => define({ ttl: undefined }), '"ttl" is missing'],
  [
    "a value is set",
    () => cache.set(define({}), 1, { id: 1 }),
    "set: got an object: pass a function that",
  ],
  [
    "nothing is changed",
    () => cache.change(tags.book(7)),
    "change: got undefined: pass a function that",
  ],
  [
    "a time is a number",
    () => cache.getOrSet("a", () => 1, 60),
    'third argument is 60: pass "5 minutes"',
  ],
  [
    "arguments are swapped",
    () => cache.getOrSet("a", "1 minute", () => 1),
    "second argument is a string: pass a function",
  ],
  [
    "a key is an object",
    () => cache.getOrSet({ id: 1 }, () => 1, "1 minute"),
    "the key is an object: pass a string",
  ],
  [
    "a function is missing",
    () => js(cacheQuery)({ cache, name: "q", ttl: "1 minute" }),
    "cacheQuery: its second argument is undefined: pass the function to cache",
  ],
  [
    "a pattern is missing",
    () => cache.invalidatePattern(),
    'the pattern is undefined: pass a text, as in "book:*"',
  ],
  [
    "a client is of no kind",
    () => createRedisStore(js(new Map())),
    "createRedisStore: got a Map: pass a client of ioredis, node-redis or Valkey GLIDE, or { send }; Upstash has createUpstashStore",
  ],
  [
    "a store in Redis gets the cache's options",
    () => js(createRedisStore)({ send: async () => [] }, { prefix: "shop:1" }),
    "createRedisStore: argument 2 is prefix: pass a client alone; a prefix is the cache's, as in new Cache({ store, prefix:",
  ],
  [
    "a store in Redis gets a text beside the client",
    () => js(createRedisStore)({ send: async () => [] }, "shop:1"),
    "createRedisStore: argument 2 is a string: pass a client alone",
  ],
  [
    "tags have no table",
    () => js(defineTags)(),
    "defineTags: got undefined: pass { book: (id) => [id] }",
  ],
  ["tags are a name", () => js(defineTags)("book"), "defineTags: got a string: pass {"],
  ["tags are a list", () => js(defineTags)(["book"]), "defineTags: got an array: pass {"],
  [
    "Upstash gets a client",
    () => createUpstashStore(js({ get: 1 })),
    "got a client: pass { url, token }",
  ],
  [
    "Upstash gets nothing",
    () => createUpstashStore({ url: "", token: "" }),
    "url is missing: pass { url, token }",
  ],
])("an error says what to do when %s", async ([, call, message]) => {
  const refusal = await Promise.resolve()
    .then(call)
    .then(() => "nothing was refused", String);
  expect(refusal).toContain(message);
});

test("a write that is not a function removes nothing", async () => {
  const book = define({ load: async () => "Emma" });
  await cache.get(book, 7);
  await cache.set(book, 7, "Persuasion").catch(() => undefined);
  expect(await cache.peek(book, 7)).toMatchObject({ status: "hit" });
});

test.for<[string, () => unknown]>([
  ["a Date", () => ({ at: new Date(0) })],
  ["a Map", () => new Map()],
  ["a bigint", () => ({ count: 1n })],
  ["NaN", () => [Number.NaN]],
])("a value with %s is returned, and not stored, with one warning", async ([what, load]) => {
  const warnings = vi.spyOn(process, "emitWarning").mockImplementation(() => undefined);
  const unstorable = define({
    name: `with_${what.replaceAll(/\W/g, "_")}`,
    load: async () => load(),
  });
  expect(await cache.get(unstorable, 1)).toEqual(load());
  await cache.get(unstorable, 1);
  expect(warnings.mock.calls.map(([message]) => message)).toEqual([
    expect.stringMatching(
      /^value_unsupported: resource "with_.*: .*; it is returned, but not stored$/,
    ),
  ]);
  warnings.mockRestore();
});

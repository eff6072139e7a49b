import { expect, test } from "vitest";
import { Cache, defineResource, MemoryStore } from "@algoitny/cache";
import { cacheFetch, toResponse } from "@algoitny/cache/http";
import { cacheResponse, toResponse as toResult } from "@algoitny/cache/lambda";
import { sendResponse } from "@algoitny/cache/node";

/** The adapters without their types, as plain JavaScript uses them. */
// oxlint-disable-next-line typescript/no-explicit-any -- what the compiler would refuse
const js = (value: unknown): any => value;

const cache = new Cache({ store: new MemoryStore() });
const book = defineResource({ name: "book", ttl: "1 minute", load: (id: number) => ({ id }) });
const request = new Request("https://api.example.com/books/7");
const options = { cache, name: "page", ttl: "1 minute" } as const;
const noReading =
  "definition_invalid: a reply is made from a read: pass what `await cache.getEntry(…)` returns";

test.for<[mistake: string, call: () => unknown, message: string]>([
  ["options are missing", () => js(cacheFetch)(), "cacheFetch: options are missing"],
  [
    "the cache is missing",
    () => js(cacheFetch)({ ...options, cache: undefined }),
    'cacheFetch: "cache" is missing',
  ],
  ["the name is missing", () => js(cacheResponse)({ cache }), 'cacheResponse: "name" is missing'],
  [
    "a handler is missing",
    () => js(cacheFetch(options))(),
    "cacheFetch: the handler is undefined: pass a function, as in cacheFetch(options)(handler)",
  ],
  [
    "a Lambda handler is an object",
    () => js(cacheResponse(options))({}),
    "cacheResponse: the handler is an object",
  ],
  [
    "a handler answers no Response",
    () => js(cacheFetch(options))(() => ({ id: 7 }))(request),
    "cacheFetch: the handler answered an object: return a Response",
  ],
  [
    "an event is taken for a Request",
    async () => js(toResponse)({ version: "2.0" }, await cache.getEntry(book, 7)),
    "not a Request: for an event of Lambda use @algoitny/cache/lambda",
  ],
  [
    "a Request is taken for an event",
    async () => js(toResult)(request, await cache.getEntry(book, 7)),
    "for a Request use @algoitny/cache/http",
  ],
  ["a value is sent", async () => js(toResponse)(request, await cache.get(book, 7)), noReading],
  [
    "a value is sent by node:http",
    async () => js(sendResponse)({ headers: {} }, { setHeader() {} }, await cache.get(book, 7)),
    noReading,
  ],
])("an adapter's error gives the correction when %s", async ([, call, message]) => {
  const refusal = await Promise.resolve()
    .then(call)
    .then(() => "nothing was refused", String);
  expect(refusal).toContain(message);
});

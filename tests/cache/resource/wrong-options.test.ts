import { expect, test, vi } from "vitest";
import * as root from "@algoitny/cache";
import * as dynamodb from "@algoitny/cache/dynamodb";
import * as graphql from "@algoitny/cache/graphql";
import * as http from "@algoitny/cache/http";
import * as lambda from "@algoitny/cache/lambda";
import * as node from "@algoitny/cache/node";
import { instrument } from "@algoitny/cache/otel";
import { createScriptedStore } from "@algoitny/cache/store";
import { createUpstashStore } from "@algoitny/cache/upstash";

/** The library without its types, as plain JavaScript uses it. */
// oxlint-disable-next-line typescript/no-explicit-any -- what the compiler would refuse
const js = (value: unknown): any => value;

const all = js({ ...root, ...dynamodb, ...graphql, http, lambda, ...node });
const { Cache, cacheMethod, cacheQuery, defineResource, defineTags, Loaded, MemoryStore } = all;
const store = new MemoryStore();
const cache = new Cache({ store });
const define = (options: object) =>
  defineResource({ name: "book", ttl: "1 minute", load: async () => 1, ...options });
const book = define({});
const loaded = (options: unknown) =>
  new Cache({ store: new MemoryStore() }).get(define({ load: () => new Loaded(1, options) }), 1);
const page = { cache, name: "page", ttl: "1 minute" };
const request = new Request("https://api.example.com/books/7");
const send = async () => 1;
const upstash = { url: "https://a.upstash.io", token: "t" };
const answers = { cache, schema: () => null, version: "1" };
const client = { send };

test.for<[option: string, call: () => unknown, message: string]>([
  ["l1's", () => define({ l1: { revalidate: "1 second" } }), "did you mean revalidateAfter?"],
  ["l1", () => define({ l1: "yes" }), 'resource "book": l1: options are a string'],
  [
    "l1's of a key",
    () => cache.getOrSet("a", send, { ttl: "1 minute", l1: { sahre: 1 } }),
    "share?",
  ],
  ["schema", () => define({ schema: (value: unknown) => value }), "schema is one of zod, valibot"],
  ["serializer", () => define({ serializer: "json" }), "serializer has parse, stringify"],
  ["enqueueRefresh", () => define({ enqueueRefresh: send }), "enqueueRefresh is true or false"],
  ["verify", () => define({ verify: "no" }), "verify is false"],
  ["version", () => define({ version: {} }), "version is a text or a number"],
  [
    "cache",
    () => cacheQuery({ ...page, cache: store }, send),
    "cacheQuery: this must hold: cache is",
  ],
  [
    "cache of a handler",
    () => handler(page, { cache: store }),
    "cacheFetch: this must hold: cache is a",
  ],
  [
    "verify's",
    () => new Cache({ store, verify: { rate: 1, queue: send } }),
    'unknown option "queue": rate enqueue',
  ],
  [
    "verify's enqueue",
    () => new Cache({ store, verify: { rate: 1 } }),
    "enqueue is not a function",
  ],
  ["onInvalidate", () => new Cache({ store, onInvalidate: "x" }), "onInvalidate is not a function"],
  ["a cache's enqueueRefresh", () => new Cache({ store, enqueueRefresh: true }), "is a function"],
  ["reads", () => new Cache({ store, reads: "replica" }), "reads is primary|any"],
  ["Loaded's", () => loaded({ ttll: "1 second" }), 'Loaded: unknown option "ttll": did you mean'],
  ["Loaded", () => loaded("1 second"), "Loaded: options are a string"],
  ["Loaded's tags", () => loaded({ tags: "book:7" }), "Loaded: tags returned a string"],
  ["Loaded's from", () => loaded({ from: [{ id: 7 }] }), "from is a list of what `await cache.g"],
  ["a set's", () => cache.set(book, 1, send, { invalidates: [] }), "did you mean invalidate?"],
  ["a pattern's", () => cache.invalidatePattern("b*", { dryrun: true }), "did you mean dryRun?"],
  [
    "a listing's",
    () => cache.keys("b*", { limit: 5 }),
    'keys: unknown option "limit": cursor count',
  ],
  ["a listing's pattern", () => cache.keys(), "keys: the pattern is undefined: pass a text"],
  [
    "a beat",
    () => cache.beat({ closedMs: new Date(), expected: null }),
    "closedMs is a Date: pass",
  ],
  ["a task", () => cache.runRefreshTask(), "the task is undefined: pass what was handed"],
  ["a listener", () => all.subscribe(), "subscribe: got undefined: pass a function"],
  ["a tag's parts", () => defineTags({ book: "book" }).book(), "tags.book has a string: write"],
  [
    "a tag's scalar",
    () => defineTags({ book: (id: number) => id }).book(7),
    "tags.book has 7: write",
  ],
  [
    "throttled's",
    () => all.throttled("book:7", "1 second", { afterReload: 3 }),
    "did you mean afterReloads?",
  ],
  ["a typed tag", () => all.parseTag(undefined), '"undefined" is not a tag'],
  ["a resource", () => all.withOwnStamp("book"), "withOwnStamp: pass what defineResource returns"],
  ["an inspected store", () => all.inspectEntry(), "inspectEntry: argument 1 is undefined: pass"],
  [
    "a decorator of another kind",
    () => cacheMethod(page)({}, "find", { value: send }),
    "cacheMethod: decorates an object: it is a standard decorator",
  ],
  ["a MemoryStore's", () => new MemoryStore({ maxByte: 1 }), "did you mean maxBytes?"],
  ["a MemoryStore", () => new MemoryStore(1000), "MemoryStore: options are 1000"],
  [
    "a port",
    () => js(createScriptedStore)({}),
    "createScriptedStore: got an object: pass { send }",
  ],
  ["scripts'", () => js(createScriptedStore)({ send }, { header: "" }), 'unknown option "header"'],
  [
    "Upstash's",
    () => createUpstashStore(js({ ...upstash, timeOut: "1 s" })),
    "did you mean timeout?",
  ],
  [
    "Upstash",
    () => createUpstashStore(js("https://a.upstash.io")),
    "createUpstashStore: got a string",
  ],
  [
    "Upstash's fetch",
    () => createUpstashStore(js({ ...upstash, fetch: 1 })),
    "fetch is not a func",
  ],
  ["query", () => handler(page, { query: "city" }), "cacheFetch: query is not a list"],
  ["headers", () => handler(page, { headers: "x-a" }), "cacheFetch: headers is not a list"],
  [
    "principal",
    () => handler(page, { principal: "sub" }),
    "cacheFetch: principal is not a function",
  ],
  [
    "cdnTags",
    () => handler(page, { cdnTags: "CacheTag" }),
    '"CacheTag": pass cache-tag, surrogate',
  ],
  ["claims", () => all.lambda.cacheResponse({ ...page, claims: "sub" }), "claims is not a list"],
  [
    "a context in place of a Request",
    () => handler(page, {})(async () => new Response())({ url: "https://a/" }),
    "cacheFetch: the handler got an object: pass a Request",
  ],
  ["vary", async () => reply({ vary: "Cookie" }), "vary is a string: pass a list of names"],
  ["errorBody", async () => reply({ errorBody: {} }), "errorBody is an object: pass a function"],
  ["a reply's", async () => reply(null), "the options of a reply are null: pass an object"],
  [
    "compressed text",
    () => all.lambda.compressed({}, { a: 1 }),
    "compressed: argument 2 is an obj",
  ],
  ["Node's response", () => all.sendResponse(request, {}, {}), "in Fastify, request.raw and reply"],
  ["a listened handler", () => all.toListener(), "toListener: the handler is undefined"],
  ["a client", () => all.recorder(), "recorder: got undefined: pass a client of the AWS SDK v3"],
  ["a recorder's", () => all.recorder(client, { ttl: "a" }), "did you mean ttlAttribute?"],
  [
    "a writer's cache",
    () => all.recorder(client).writing(),
    "writing: argument 1 is undefined: pa",
  ],
  ["a writer's", () => all.recorder(client).writing(cache, { guard: 1 }), "did you mean guarded?"],
  ["a mutation", () => all.recorder(client).mutation(cache), "mutation: argument 2 is undefined"],
  ["no tables", () => all.recorder(client).check(cache, { tables: [] }), "tables is empty: pass a"],
  ["a load's reads", () => all.recorder(client).for(), 'give its resource tags: "reads", or read'],
  ["tables", () => all.recorder(client).check(cache, { tables: "a" }), "tables is a string: pass"],
  ["a stream's cache", () => all.streamHandler(), "streamHandler: argument 1 is undefined: pass a"],
  ["a stream's event", () => all.streamHandler(cache)({}), "not an event of a DynamoDB stream"],
  ["instrument's", () => instrument(js({ meter: 1 })), "did you mean meterProvider?"],
  ["a provider", () => instrument(js({ tracerProvider: 1 })), "a provider lacks getTracer"],
  ["no GraphQL", () => all.createGraphQLCache(), "createGraphQLCache: options are missing"],
  [
    "a schema",
    () => all.createGraphQLCache({ ...answers, schema: {} }),
    "schema is an object: pass a",
  ],
  [
    "a version",
    () => all.createGraphQLCache({ ...answers, version: 1 }),
    "version is 1: pass a text",
  ],
  [
    "a viewer",
    () => all.createGraphQLCache({ ...answers, viewer: "sub" }),
    "viewer is a string: pa",
  ],
  ["a loader", () => all.createLoader(), "createLoader: pass a Cache, and what defineResource"],
  ["a view", () => all.view("book", send), "view: pass what defineResource returns, and a func"],
  ["a schema's text", () => all.createSchema(), "createSchema: pass the schema's text and its res"],
])(
  "an unknown option or one of a wrong type is refused with a hint: %s",
  async ([, call, message]) => {
    const refusal = await Promise.resolve()
      .then(call)
      .then(() => "nothing was refused", String);
    expect(refusal).toMatch(/^(?:CacheError: definition_invalid: |RangeError: )/);
    expect(refusal).toContain(message);
  },
);

function handler(options: object, more: object) {
  return all.http.cacheFetch({ ...options, ...more });
}

let replies = 100;

/** A reply with a value that was just loaded. */
async function reply(options: unknown): Promise<unknown> {
  return all.http.toResponse(request, await cache.getEntry(book, (replies += 1)), options);
}

test("a store accepts a link of the deployment with more fields than the store reads", () => {
  const linked = { ...upstash, type: "sst.external.Redis", port: 443 };
  expect(() => createUpstashStore(linked)).not.toThrow();
});

test("a reply warns once of an unknown option, and is sent", async () => {
  const warnings = vi.spyOn(process, "emitWarning").mockImplementation(() => undefined);
  expect(await reply({ cacheCtrl: "no-store" })).toMatchObject({ status: 200 });
  await reply({ cacheCtrl: "no-store" });
  expect(warnings.mock.calls.map(([message]) => message)).toEqual([
    '"cacheCtrl" is not an option of a reply: did you mean cacheControl?',
  ]);
  warnings.mockRestore();
});

import { expect, test, vi } from "vitest";
import { Cache, cacheQuery, defineResource, MemoryStore } from "@algoitny/cache";

/** The library without its types, as plain JavaScript uses it. */
// oxlint-disable-next-line typescript/no-explicit-any -- what the compiler would refuse
const js = (value: unknown): any => value;

const cache = js(new Cache({ store: new MemoryStore() }));
const define = (options: object) =>
  js(defineResource)({ name: "book", ttl: "1 minute", load: async () => 1, ...options });
const book = define({});
const ofObjects = define({ name: "page", key: ({ id }: { id: number }) => ({ id }) });
const cached = cacheQuery({ cache, name: "q", ttl: "1 minute" }, (id: number) => id);

const messageOf = async (call: () => unknown) =>
  Promise.resolve()
    .then(call)
    .then(
      () => "nothing was refused",
      (error: Error) => `${error.name}: ${error.message}`,
    );

const READS: readonly [string, (resource: unknown) => unknown][] = [
  ["get", (resource) => cache.get(resource, 7)],
  ["getEntry", (resource) => cache.getEntry(resource, 7)],
  ["getMany", (resource) => cache.getMany(resource, [7])],
  ["peek", (resource) => cache.peek(resource, 7)],
  ["refresh", (resource) => cache.refresh(resource, 7)],
  ["warm", (resource) => cache.warm(resource, [7])],
  ["set", (resource) => cache.set(resource, 7, () => 1)],
  ["a bound cache's get", (resource) => cache.with({ source: 1 }).get(resource, 7)],
];

test.for(READS)(
  "%s names the right argument when it is given something other than a resource",
  async ([, read]) => {
    const refused = "CacheError: definition_invalid: argument 1 is";
    const mistakes: readonly [given: unknown, message: string][] = [
      [
        "book",
        "a string: pass what defineResource returns, as in cache.get(book, 7); to cache under a key of your own",
      ],
      [undefined, "undefined: pass what defineResource returns"],
      [null, "null: pass what defineResource returns"],
      [Promise.resolve(book), "a Promise: pass what defineResource returns"],
      [{ name: "book", ttl: "1 minute", load: () => 1 }, "an object: pass what defineResource"],
      [cached, "a function: pass its `resource`"],
    ];
    for (const [given, message] of mistakes)
      expect(await messageOf(() => read(given))).toContain(`${refused} ${message}`);
  },
);

test.for<[mistake: string, call: () => unknown, message: string]>([
  ["parameters are missing", () => cache.get(ofObjects), 'resource "page": its parameters are und'],
  [
    "parameters have nothing that the key reads",
    () => cache.get(ofObjects, "7"),
    'resource "page": its key contains nothing of a string: pass the object that its `key` reads',
  ],
  ["options are null", () => cache.get(book, 1, null), "the options of a read are null: pass an"],
  ["options are a text", () => cache.get(book, 2, "x"), "the options of a read are a string: pass"],
  [
    "a list of parameters is a number",
    () => cache.getMany(book, 7),
    "getMany: argument 2 is 7: pass a list of para",
  ],
  [
    "a list of parameters is a Set",
    () => cache.getMany(book, new Set()),
    "getMany: argument 2 is a Set: pass a",
  ],
  [
    "a list of parameters to warm is a number",
    () => cache.warm(book, 7),
    "warm: argument 2 is 7: pass a list of par",
  ],
  [
    "the time left is a number",
    () => cache.get(book, 3, { remainingMs: 500 }),
    "remainingMs is 500: pass a function",
  ],
  [
    "the platform's waitUntil is an object",
    () => cache.get(book, 4, { waitUntil: {} }),
    "waitUntil is an object: pass a function",
  ],
  [
    "a signal is its controller",
    () => cache.get(book, 5, { signal: new AbortController() }),
    "signal is an AbortController: pass an AbortSignal",
  ],
  [
    "a header is a list",
    () => cache.getEntry(book, 6, { ifNoneMatch: ["a"] }),
    "ifNoneMatch is an array: pass the header's text",
  ],
])("a read says what to do when %s", async ([, call, message]) => {
  expect(await messageOf(call)).toContain(`CacheError: definition_invalid: ${message}`);
});

test("an error that a key's own function throws is passed on unchanged", async () => {
  const broken = define({ name: "broken", key: () => js(undefined).id });
  expect(await messageOf(() => cache.get(broken, 1))).toMatch(/^TypeError: Cannot read properties/);
});

test("a read warns once of an unknown option, and is answered", async () => {
  const warnings = vi.spyOn(process, "emitWarning").mockImplementation(() => undefined);
  expect(await cache.get(book, 10, { soruce: 1 })).toBe(1);
  expect(await cache.get(book, 11, { soruce: 1 })).toBe(1);
  expect(await cache.getMany(book, [12], { snapshots: true })).toEqual([1]);
  expect(warnings.mock.calls.map(([message]) => message)).toEqual([
    '"soruce" is not an option of a read: did you mean source?',
    '"snapshots" is not an option of a read: did you mean snapshot?',
  ]);
  warnings.mockRestore();
});

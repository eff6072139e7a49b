import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { Cache, cacheQuery, defineResource, defineTags, MemoryStore } from "@algoitny/cache";

const tags = defineTags({ book: (id: number) => [id] });

function setup(ramp: number | (() => number), name = "book") {
  const books = new Map<number, string>();
  const load = vi.fn((id: number) => books.get(id) ?? "untitled");
  const book = defineResource({
    name,
    tags: (id) => [tags.book(id)],
    ttl: "1 hour",
    ramp,
    load,
  });
  const store = new MemoryStore();
  const mget = vi.spyOn(store, "mget");
  return { cache: new Cache({ store }), book, books, load, mget };
}

const IDS = Array.from({ length: 400 }, (_, id) => id);

/** Keys that the cache serves. */
async function servedAt(ramp: number): Promise<number[]> {
  const { cache, book, load } = setup(ramp);
  await cache.getMany(book, IDS);
  load.mockClear();
  await cache.getMany(book, IDS);
  const loaded = new Set(load.mock.calls.map(([id]) => id));
  return IDS.filter((id) => !loaded.has(id));
}

test("the cache serves a share of the keys, and a larger share contains every key of a smaller one", async () => {
  const [none, some, more, all] = await Promise.all([0, 10, 50, 100].map(servedAt));
  expect(none).toEqual([]);
  expect(some?.length).toBeGreaterThan(25);
  expect(some?.length).toBeLessThan(55);
  expect(more?.length).toBeGreaterThan(170);
  expect(more?.length).toBeLessThan(230);
  expect(more).toEqual(expect.arrayContaining(some ?? []));
  expect(all).toEqual(IDS);
});

test("a read of a key outside of the ramp sends nothing to the store", async () => {
  const { cache, book, load, mget } = setup(0);
  const { status, detail } = await cache.getEntry(book, 1);
  expect([status, detail]).toEqual(["bypass", "ramp"]);
  await cache.get(book, 1);
  expect(load).toHaveBeenCalledTimes(2);
  expect(mget).not.toHaveBeenCalled();
});

test("a read of a key outside of the ramp does not wait for the store either", async () => {
  const { cache, book, load, mget } = setup(50);
  const { promise: held, resolve: free } = Promise.withResolvers<never[]>();
  mget.mockReturnValueOnce(held);
  const reading = cache.getMany(book, IDS);
  await vi.waitFor(() => expect(load.mock.calls.length).toBeGreaterThan(170));
  expect(load.mock.calls.length).toBeLessThan(230);
  free([]);
  await reading;
});

test("a batch reads keys of the ramp from the store and the others from the origin, in order", async () => {
  const { cache, book, books, load } = setup(50);
  for (const id of IDS) books.set(id, `book ${id}`);
  await cache.getMany(book, IDS);
  load.mockClear();
  expect(await cache.getMany(book, IDS)).toEqual(IDS.map((id) => `book ${id}`));
  expect(load.mock.calls.length).toBeGreaterThan(170);
  expect(load.mock.calls.length).toBeLessThan(230);
});

test("a value from before an invalidation is never served, however the ramp changes", async () => {
  const step = fc.record({
    ramp: fc.integer({ min: 0, max: 100 }),
    id: fc.nat(5),
    write: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      let share = 0;
      const { cache, book, books } = setup(() => share);
      for (const [index, { ramp, id, write }] of steps.entries()) {
        share = ramp;
        if (write) {
          books.set(id, `title ${index}`);
          await cache.invalidate(tags.book(id));
        }
        expect(await cache.get(book, id)).toBe(books.get(id) ?? "untitled");
      }
    }),
    { numRuns: 30 },
  );
});

test("a ramp function that throws or returns no percentage bypasses the cache, with one warning", async () => {
  const warn = vi.spyOn(process, "emitWarning").mockReturnValue();
  const broken = setup(() => {
    throw new Error("no flags");
  }, "broken");
  const nonsense = setup(() => undefined as unknown as number, "nonsense");
  for (const { cache, book, mget } of [broken, nonsense]) {
    expect(await cache.get(book, 1)).toBe("untitled");
    expect(await cache.get(book, 1)).toBe("untitled");
    expect(mget).not.toHaveBeenCalled();
  }
  expect(warn.mock.calls.map(([message]) => message)).toEqual([
    expect.stringMatching(/"broken".*no flags/),
    expect.stringMatching(/"nonsense".*0 to 100/),
  ]);
  warn.mockRestore();
});

test("an invalid share is refused when the resource is defined", () => {
  expect(() => setup(101)).toThrow("ramp is 0 to 100");
  expect(() => setup("50" as unknown as number)).toThrow("ramp is 0 to 100");
  const mode = "off" as "on";
  expect(() => defineResource({ name: "x", ttl: "1 hour", mode, load: () => 1 })).toThrow(
    "mode is on|shadow",
  );
});

test("cached functions have the option `ramp` too", async () => {
  const cache = new Cache({ store: new MemoryStore() });
  const query = vi.fn((id: number) => id);
  const cached = cacheQuery({ cache, name: "query", ttl: "1 hour", ramp: 0 }, query);
  await cached(1);
  await cached(1);
  expect(query).toHaveBeenCalledTimes(2);
});

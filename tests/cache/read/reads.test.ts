import { defineResource, defineTags } from "@algoitny/cache";
import type { Reads, Store } from "@algoitny/cache/store";
import { TestStore } from "@algoitny/cache/testing";
import { expect, test } from "vitest";
import { fleet, gate } from "../../support/test-cache.ts";

const tags = defineTags({ book: (id: number) => [id], shelf: () => [] });

/** Lag of the replica. */
const LAG_MS = 600_000;

/** A cache whose looks a replica answers unless they require the primary; `asked` lists the node of each look. */
function lagging(reads?: Reads, lagMs = LAG_MS) {
  const asked: (Reads | undefined)[] = [];
  let now: () => number = Date.now;
  const store = new TestStore({ now: () => now(), lagMs });
  const look: Store["mget"] = (keys, from) => {
    asked.push(from);
    return store.mget(keys, from);
  };
  const wrap = (): Store =>
    new Proxy<Store>(store, {
      get: (target, name: keyof Store) => (name === "mget" ? look : target[name]?.bind(target)),
    });
  const caches = fleet({ wrap, ...(reads && { reads }) });
  now = caches.clock.now;
  return { ...caches, store, asked };
}

/** Books by id, and a shelf with the title of book 1 and the same tag. */
function library(rows: Map<number, string>, read: (id: number) => Promise<string | undefined>) {
  const book = defineResource<{ id: number }, string>({
    name: "book",
    key: ({ id }) => ({ id }),
    tags: ({ id }) => [tags.book(id)],
    ttl: "1 hour",
    load: ({ id }) => rows.get(id) ?? "no book",
  });
  const shelf = defineResource<void, string>({
    name: "shelf",
    tags: () => [tags.book(1)],
    ttl: "1 hour",
    load: async () => `shelf of ${await read(1)}`,
  });
  return { book, shelf };
}

test('looks ask the primary unless the cache has `reads: "any"`', async () => {
  for (const reads of [undefined, "primary", "any"] as const) {
    const { cache, asked } = lagging(reads);
    const { book } = library(new Map([[1, "Emma"]]), async () => undefined);
    await cache.get(book, { id: 1 });
    await cache.getMany(book, [{ id: 1 }]);
    await cache.peek(book, { id: 1 });
    expect(asked).toEqual(Array(3).fill(reads ?? "primary"));
  }
});

test("reads inside a load go to the primary: an old value would be stored for the lifetime of an entry", async () => {
  const rows = new Map([[1, "Emma"]]);
  const { cache, store, asked, clock, instance } = lagging("any");
  const { book, shelf } = library(rows, (id) => cache.get(book, { id }));
  await cache.get(book, { id: 1 });
  await clock.advance(LAG_MS);
  expect(await cache.get(book, { id: 1 })).toBe("Emma");

  rows.set(1, "Persuasion");
  await cache.invalidate(tags.book(1));
  asked.length = 0;
  expect(await cache.get(shelf, undefined)).toBe("shelf of Persuasion");
  expect(asked).toEqual(["any", "primary"]);
  const stored = await store.mget(await store.keys(), "primary");
  expect(stored.filter((text) => text?.includes("Emma"))).toEqual([]);
  expect(await instance().getMany(book, [{ id: 1 }])).toEqual(["Emma"]);
});

test("reads of a `set` go to the primary too, since its result is stored", async () => {
  const { cache, asked } = lagging("any");
  const rows = new Map([[1, "Emma"]]);
  const { book, shelf } = library(rows, async () => undefined);
  await cache.set(shelf, undefined, async () => `shelf of ${await cache.get(book, { id: 1 })}`);
  expect(asked).toEqual(["primary"]);
});

test("a read inside of a load does not share a value that another read of this process gets from a replica", async () => {
  const first = gate<string>();
  const { cache, instance, clock } = lagging("any", 1_000);
  const other = instance();
  let loads = 0;
  const book = defineResource<void, string>({
    name: "book",
    tags: () => [tags.book(1)],
    ttl: "1 hour",
    load: () => ((loads += 1) === 1 ? first.promise : "Persuasion"),
  });
  const shelf = defineResource<void, string>({
    name: "shelf",
    tags: () => [tags.shelf()],
    ttl: "1 hour",
    load: async () => `shelf of ${await cache.get(book, undefined)}`,
  });
  const leading = other.get(book, undefined);
  await clock.advance(10);
  const waiting = cache.get(book, undefined);
  // Long enough for the replica to show the lease that the read waits for.
  await clock.advance(1_500);
  first.resolve("Emma");
  await leading;
  await clock.advance(500);
  await other.invalidate(book);
  const derived = cache.get(shelf, undefined);
  await clock.advance(2_000);
  // The replica's value was outdated, but within the lag.
  expect(await waiting).toBe("Emma");
  expect(await derived).toBe("shelf of Persuasion");
});

test("a read inside of a load validates the process's copy, even before `revalidateAfter`", async () => {
  const rows = new Map([[1, "Emma"]]);
  const { cache, instance } = fleet();
  const book = defineResource<{ id: number }, string>({
    name: "book",
    key: ({ id }) => ({ id }),
    tags: ({ id }) => [tags.book(id)],
    ttl: "1 hour",
    l1: { revalidateAfter: "1 minute" },
    load: ({ id }) => rows.get(id) ?? "no book",
  });
  const { shelf } = library(rows, (id) => cache.get(book, { id }));
  expect(await cache.get(book, { id: 1 })).toBe("Emma");
  rows.set(1, "Persuasion");
  await instance().invalidate(tags.book(1));
  expect(await cache.get(book, { id: 1 })).toBe("Emma");
  expect(await cache.get(shelf, undefined)).toBe("shelf of Persuasion");
});

test("a snapshot is read from the primary", async () => {
  const rows = new Map([
    [1, "Emma"],
    [2, "Persuasion"],
  ]);
  const { cache, asked } = lagging("any");
  const { book } = library(rows, async () => undefined);
  const both = () => cache.getMany(book, [{ id: 1 }, { id: 2 }], { snapshot: true });
  expect(await both()).toEqual(["Emma", "Persuasion"]);
  expect(new Set(asked)).toEqual(new Set(["primary"]));
});

import { defineResource, defineTags, Loaded, type Resource } from "@algoitny/cache";
import type { Store } from "@algoitny/cache/store";
import { overNetwork } from "@algoitny/cache/testing";
import { expect, test } from "vitest";
import { fleet } from "../../support/test-cache.ts";

const tags = defineTags({ row: (id: number) => [id] });
const IDS = [0, 1];

/** Rows that one write changes together, and a store that makes the write after the first look of a read. */
function setup() {
  let version = 1;
  const afterLook: (() => Promise<void>)[] = [];
  const looks: number[] = [];
  const { clock, cache, instance } = fleet({
    wrap: (store: Store): Store => ({
      ...overNetwork(store, {}),
      mget: async (names, from) => {
        const values = await store.mget(names, from);
        looks.push(names.length);
        await afterLook.shift()?.();
        return values;
      },
    }),
  });
  const other = instance();
  const write = async () => {
    version += 1;
    await other.invalidate(IDS.map(tags.row));
  };
  /** Versions that a read of both rows returns while a write comes between its looks, and the number of its looks. */
  const readAcrossWrite = async (resource: Resource<number, string, void>, reader = cache) => {
    afterLook.push(write);
    looks.length = 0;
    const values = await reader.getMany(resource, IDS);
    return { versions: values.map((value) => String(value).trim()), looks: looks.length };
  };
  return { clock, cache, other, readAcrossWrite, valueNow: () => `${version}` };
}

const lifetime = { ttl: "1 hour", compression: false } as const;

test("entries that are looked at in parts are all from before a write between them, or all from after it", async () => {
  const { cache, readAcrossWrite, valueNow } = setup();
  const large = defineResource<number, string>({
    ...lifetime,
    name: "large",
    tags: (id) => [tags.row(id)],
    load: () => valueNow().padEnd(3_000_000),
  });
  await cache.getMany(large, IDS);
  const { versions, looks } = await readAcrossWrite(large);
  expect(versions).toEqual(["2", "2"]);
  expect(looks).toBe(3);
});

test("entries are all from before a write, or all from after it, although one of them names tags that the process has not seen", async () => {
  const { cache, other, readAcrossWrite, valueNow } = setup();
  const named = defineResource<number, string>({
    ...lifetime,
    name: "named",
    tags: (id) => [tags.row(id)],
    load: (id) => (id === 0 ? valueNow() : new Loaded(valueNow(), { tags: [tags.row(7)] })),
  });
  await other.getMany(named, IDS);
  await other.getMany(named, IDS);
  const { versions, looks } = await readAcrossWrite(named, cache);
  expect(versions).toEqual(["2", "2"]);
  expect(looks).toBe(2);
});

test("copies in the process are all from before a write, or all from after it, although one of them is past its lifetime", async () => {
  const { clock, cache, other, readAcrossWrite, valueNow } = setup();
  const held = defineResource<number, string>({
    ...lifetime,
    name: "held",
    l1: true,
    tags: (id) => [tags.row(id)],
    load: (id) => new Loaded(valueNow(), id === 1 ? { ttl: "1 minute" } : {}),
  });
  await cache.getMany(held, IDS);
  await clock.advance(90_000);
  // The store has a newer entry.
  await other.get(held, 1);
  const { versions, looks } = await readAcrossWrite(held);
  expect(versions).toEqual(["2", "2"]);
  expect(looks).toBeGreaterThan(1);
});

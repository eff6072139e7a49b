import { expect, test, vi } from "vitest";
import { defineResource, defineTags, type Duration, subscribe } from "@algoitny/cache";
import type { Store } from "@algoitny/cache/store";
import { overNetwork } from "@algoitny/cache/testing";
import { HeldEntries } from "../../../packages/cache/src/engine/held-entries.ts";
import { keyspace } from "../../../packages/cache/src/protocol/key-names.ts";
import { fleet } from "../../support/test-cache.ts";

const tags = defineTags({ row: () => [], other: () => [] });

function setup(trust?: Duration) {
  const asked: number[] = [];
  const wrap = (store: Store): Store => ({
    ...overNetwork(store, {}),
    mget: (keys) => {
      asked.push(keys.length);
      return store.mget(keys);
    },
  });
  const { clock, instance, cache } = fleet({ wrap });
  let version = 0;
  const load = vi.fn(() => ++version);
  const row = defineResource<void, number>({
    name: "row",
    tags: () => [tags.row()],
    ttl: "1 minute",
    l1: trust ? { revalidateAfter: trust } : true,
    load,
  });
  return { clock, cache, other: instance(), row, asked };
}

test("an entry held in the process is revalidated by its stamps alone", async () => {
  const { cache, row, asked } = setup();
  await cache.get(row, undefined);
  expect(await cache.get(row, undefined)).toBe(1);
  // The stamps of everything, of the resource, of the entry and of the row, and no body.
  expect(asked).toEqual([5, 4]);
});

test("the names of entries are made once for each text or number, and each time for other parameters", async () => {
  const { cache } = fleet();
  const key = vi.fn((id: number | { id: number }) => (typeof id === "number" ? id : id.id));
  const held = defineResource({
    name: "held",
    l1: true,
    key,
    ttl: "1 minute",
    load: (id) => key(id),
  });
  for (let reads = 0; reads < 3; reads += 1)
    expect(await cache.getMany(held, [1, 2])).toEqual([1, 2]);
  // The first read makes names that are not kept: the code that keeps them is not loaded yet. The loads call `key`
  // too, and the second read makes the names that are kept.
  expect(key.mock.calls.flat()).toEqual([1, 2, 1, 2, 1, 2]);
  const object = { id: 3 };
  expect(await cache.getMany(held, [object])).toEqual([3]);
  object.id = 4;
  expect(await cache.getMany(held, [object])).toEqual([4]);
});

test("names are kept for 1,000 short parameters of each resource that is held in the process", () => {
  const of = (name: string, l1: boolean) =>
    defineResource({ name, l1, ttl: "1 minute", load: (id: number | string) => id });
  const [row, other, shared] = [of("row", true), of("other", true), of("shared", false)];
  const held = new HeldEntries(1_000);
  const names = (resource: typeof row, id: number | string) =>
    held.keysOf(keyspace("cache:1"), resource, id);
  const all = Array.from({ length: 1_000 }, (_, id) => names(row, id));
  expect(all.filter((each, id) => names(row, id) !== each)).toEqual([]);
  expect([names(other, 1).key, names(row, "1").key]).toEqual(["other:1", "row:1"]);
  expect(names(row, 1)).not.toBe(all[1]);
  expect(names(shared, 1)).not.toBe(names(shared, 1));
  // Names repeat the parameter, and do not count for the limit of what the process holds.
  const [short, long] = ["x".repeat(200), "x".repeat(201)];
  expect(names(row, short)).toBe(names(row, short));
  expect(names(row, long)).not.toBe(names(row, long));
});

test("an entry that was refreshed replaces the one that is held", async () => {
  const { cache, row } = setup();
  await cache.get(row, undefined);
  await cache.refresh(row, undefined);
  expect(await cache.get(row, undefined)).toBe(2);
});

test("an invalidation or a deletion by another instance is seen at the next read", async () => {
  const { cache, other, row } = setup();
  expect(await cache.get(row, undefined)).toBe(1);
  await other.invalidate([tags.row()]);
  expect(await cache.get(row, undefined)).toBe(2);
  await other.invalidate(row, undefined);
  expect(await cache.get(row, undefined)).toBe(3);
  await other.invalidatePattern("r*:al?");
  expect(await cache.get(row, undefined)).toBe(4);
  await other.clear();
  expect(await cache.get(row, undefined)).toBe(5);
});

test("a trusted entry is served without asking the store during its time, and not after an invalidation by this process", async () => {
  const { clock, cache, row, asked } = setup("5 seconds");
  await cache.get(row, undefined);
  await cache.get(row, undefined);
  expect(asked).toHaveLength(1);
  clock.jump(5_000);
  await cache.get(row, undefined);
  await cache.get(row, undefined);
  expect(asked).toHaveLength(2);
  await cache.invalidate([tags.row()]);
  expect(await cache.get(row, undefined)).toBe(2);
  await cache.invalidate([tags.other()]);
  asked.length = 0;
  for (let reads = 0; reads < 2; reads += 1) await cache.get(row, undefined);
  expect(asked).toHaveLength(1);
});

test("a hit without a request to the store reports no store time", async () => {
  const { cache, row } = setup("5 seconds");
  await cache.get(row, undefined);
  const times: number[] = [];
  const unsubscribe = subscribe((event) => event.type === "hit" && times.push(event.storeMs));
  await cache.get(row, undefined);
  unsubscribe();
  expect(times).toEqual([0]);
});

test("an entry that a read took over from another process is held too", async () => {
  const { clock, cache, other, row, asked } = setup();
  const slow = { ...row, load: () => clock.sleep(100).then(() => 7) };
  const leading = other.get(slow, undefined);
  await clock.advance(0);
  const waiting = cache.get(slow, undefined);
  await clock.advance(1_000);
  expect(await Promise.all([leading, waiting])).toEqual([7, 7]);
  asked.length = 0;
  await cache.get(slow, undefined);
  expect(asked).toEqual([4]);
});

test("after the clock was set back no entry is trusted", async () => {
  const { clock, cache, row, asked } = setup("5 seconds");
  await cache.get(row, undefined);
  clock.jump(-2_000);
  await cache.get(row, undefined);
  expect(asked).toHaveLength(2);
});

/** A process that holds at most `l1MaxBytes` of entries, and the names of the entries that it asks for. */
function holding(l1MaxBytes: number) {
  const asked: string[] = [];
  const wrap = (store: Store): Store => ({
    ...overNetwork(store, {}),
    mget: (keys) => {
      asked.push(...keys.filter((key) => key.startsWith("cache:1:page:")));
      return store.mget(keys);
    },
  });
  const { cache } = fleet({ wrap, l1MaxBytes });
  const page = defineResource<{ id: number; length: number }, string>({
    name: "page",
    key: ({ id }) => `${id}`,
    ttl: "1 minute",
    compression: false,
    l1: true,
    load: ({ length }) => "x".repeat(length),
  });
  const read = (id: number, length = 998) => cache.get(page, { id, length });
  return { asked, read };
}

test("the size of the entries that a process holds is limited: the least recently used are evicted first", async () => {
  // Each entry takes 1,000 characters and about 500 for its header: there is room for two.
  const { asked, read } = holding(3_500);
  for (const id of [1, 2, 1, 3]) await read(id);
  asked.length = 0;
  for (const id of [1, 3, 2]) await read(id);
  expect(asked).toEqual(["cache:1:page:2"]);
});

test("an entry larger than the whole limit is served, and not held", async () => {
  const { asked, read } = holding(3_500);
  await read(1);
  await read(2, 5_000);
  asked.length = 0;
  expect([await read(1), await read(2, 5_000)].map(({ length }) => length)).toEqual([998, 5_000]);
  expect(asked).toEqual(["cache:1:page:2"]);
});

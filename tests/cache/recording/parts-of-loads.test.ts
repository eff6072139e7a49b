import {
  type CacheEvent,
  defineResource,
  parseTag,
  type ResourceOptions,
  subscribe,
} from "@algoitny/cache";
import { expect, test, vi } from "vitest";
import type { Store } from "@algoitny/cache/store";
import { holdStore } from "../../support/held-store.ts";
import { fleet } from "../../support/test-cache.ts";

test("a load that reads several entries of a view loads the missing ones by one bulk load, and a single one without it", async () => {
  const { cache } = fleet();
  const load = vi.fn((id: number) => id);
  const loadMany = vi.fn((ids: readonly number[]) => [...ids]);
  const row = defineResource<number, number>({
    name: "row",
    tags: (id) => [parseTag(`row:${id}`)],
    ttl: "1 hour",
    load,
    loadMany,
  });
  const sum = defineResource({
    name: "sum",
    tags: "reads",
    ttl: "1 hour",
    load: async (ids: readonly number[], _: void, { reads }) =>
      (await reads?.cache.getMany(row, ids)) ?? [],
  });
  expect(await cache.get(sum, [1, 2])).toEqual([1, 2]);
  expect(await cache.get(sum, [3])).toEqual([3]);
  expect(loadMany.mock.calls.map(([ids]) => ids)).toEqual([[1, 2]]);
  expect(load.mock.calls.map(([id]) => id)).toEqual([3]);
});

/** A view that is made from another one's entry. */
function derived(
  part: Partial<ResourceOptions<number, number, void>> &
    Pick<ResourceOptions<number, number, void>, "ttl">,
) {
  const row = defineResource<number, number>({
    name: "row",
    tags: (id) => [parseTag(`row:${id}`)],
    load: () => 1,
    ...part,
  });
  const whole = defineResource({
    name: "whole",
    tags: "reads",
    ttl: "1 hour",
    load: (id: number, _: void, { reads }) => reads?.cache.get(row, id),
  });
  return { row, whole };
}

test("a deletion of the entry that a load has read invalidates what was made from it, and nothing else", async () => {
  const { cache } = fleet();
  const { row, whole } = derived({ ttl: "1 hour" });
  for (const id of [1, 2]) await cache.get(whole, id);
  await cache.invalidate(row, 1);
  expect(await cache.peek(whole, 1)).toBeUndefined();
  expect(await cache.peek(whole, 2)).toBeDefined();
});

test("a value made from an entry lives no longer than the entry", async () => {
  const { cache, clock } = fleet();
  const { whole } = derived({ ttl: "1 minute", staleWhileRevalidate: "0 seconds" });
  await cache.get(whole, 1);
  expect(await cache.peek(whole, 1)).toBeDefined();
  await clock.advance(70_000);
  expect(await cache.peek(whole, 1)).toBeUndefined();
});

test("a value made from an entry that is served because its load failed is not stored", async () => {
  const { cache, clock } = fleet();
  const load = vi.fn(() => 1);
  const { row, whole } = derived({ ttl: "1 minute", staleIfError: "1 hour", load });
  await cache.get(row, 1);
  await clock.advance(70_000);
  load.mockImplementation(() => {
    throw new Error("down");
  });
  const entry = await cache.getEntry(whole, 1);
  expect([await entry.value(), entry.stored]).toEqual([1, false]);
});

test("an entry that would have more than 128 tags with those of the entries that it is made from is not stored", async () => {
  const { cache } = fleet();
  const row = defineResource<number, number>({
    name: "row",
    tags: (id) => [parseTag(`row:${id}`), parseTag(`shelf:${id}`)],
    ttl: "1 hour",
    load: (id) => id,
  });
  const sum = defineResource({
    name: "sum",
    tags: "reads",
    ttl: "1 hour",
    load: async (size: number, _: void, { reads }) =>
      (
        await reads?.cache.getMany(
          row,
          Array.from({ length: size }, (_each, id) => id),
        )
      )?.length,
  });
  const events: CacheEvent[] = [];
  const stop = subscribe((event) => events.push(event));
  try {
    // Each row adds three tags: its two own ones, and that of its key.
    const fitting = await cache.getEntry(sum, 41);
    expect([fitting.stored, fitting.tags.length]).toEqual([true, 128]);
    const tooMany = await cache.getEntry(sum, 42);
    expect([await tooMany.value(), tooMany.stored]).toEqual([42, false]);
  } finally {
    stop();
  }
  expect(events).toContainEqual(
    expect.objectContaining({ type: "unrecorded", key: "sum:42", why: "too-many-tags" }),
  );
});

test("a repeated read is sent after the stamps of its reserve were made, although the lease has all others", async () => {
  const order: string[] = [];
  const wrap = (store: Store): Store => ({
    ...holdStore(store).store,
    stamps: async (request) => {
      const made = await store.stamps(request);
      await new Promise(setImmediate);
      order.push("stamps");
      return made;
    },
  });
  const { cache } = fleet({ wrap });
  const scope = (name: string) => ({ tag: parseTag(name), words: name });
  const page = defineResource({
    name: "page",
    tags: "reads",
    ttl: "1 hour",
    load: async (_: void, _source: void, { reads }) => {
      await reads?.before([[scope("titles")]], [scope("whole")]);
      order.push("read");
      return 1;
    },
  });
  await cache.get(page, undefined);
  await cache.invalidate(parseTag("titles"));
  await cache.get(page, undefined);
  expect(order).toEqual(["stamps", "read", "stamps", "read"]);
});

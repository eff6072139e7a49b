import { expect, test, vi } from "vitest";
import { defineResource, defineTags, type Duration, type Store } from "@algoitny/cache";
import { overNetwork } from "@algoitny/cache/testing";
import { fleet } from "../support/cache.ts";

const tags = defineTags({ row: () => [] });

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
    fresh: "1 minute",
    l1: trust ? { trust } : {},
    load,
  });
  return { clock, cache, other: instance(), row, asked };
}

test("an entry held in the process is revalidated by its stamps alone", async () => {
  const { cache, row, asked } = setup();
  await cache.get(row, undefined);
  expect(await cache.get(row, undefined)).toBe(1);
  // All, resource, own key and row: four stamps, and no body.
  expect(asked).toEqual([5, 4]);
});

test("an invalidation or a deletion by another instance is seen at the next read", async () => {
  const { cache, other, row } = setup();
  expect(await cache.get(row, undefined)).toBe(1);
  await other.invalidate([tags.row()]);
  expect(await cache.get(row, undefined)).toBe(2);
  await other.delete("row:all");
  expect(await cache.get(row, undefined)).toBe(3);
  await other.invalidatePattern("r*:al?");
  expect(await cache.get(row, undefined)).toBe(4);
  await other.clear();
  expect(await cache.get(row, undefined)).toBe(5);
});

test("a trusted entry is served without a question for its time, and not after an invalidation made here", async () => {
  const { clock, cache, row, asked } = setup("5 seconds");
  await cache.get(row, undefined);
  await cache.get(row, undefined);
  expect(asked).toHaveLength(1);
  clock.jump(5_000);
  await cache.get(row, undefined);
  expect(asked).toHaveLength(2);
  await cache.invalidate([tags.row()]);
  expect(await cache.get(row, undefined)).toBe(2);
});

test("a clock that was set back trusts nothing", async () => {
  const { clock, cache, row, asked } = setup("5 seconds");
  await cache.get(row, undefined);
  clock.jump(-2_000);
  await cache.get(row, undefined);
  expect(asked).toHaveLength(2);
});

import { expect, test } from "vitest";
import { defineResource, defineTags } from "@algoitny/cache";
import { fleet } from "../../support/test-cache.ts";

const tags = defineTags({ row: () => [] });
const STAMP = "cache:1:tag:row";

function setup(fresh: "1 minute" | "3 days", found = true) {
  const row = defineResource<void, string>({
    name: "row",
    tags: () => [tags.row()],
    fresh,
    jitter: 0,
    load: () => (found ? "value" : undefined),
  });
  return { ...fleet(), row };
}

test("stamps outlive the entry that depends on them, however long it lives", async () => {
  const { cache, clock, row } = setup("3 days");
  await cache.invalidate([tags.row()]);
  await cache.get(row, undefined);
  clock.jump(3 * 86_400_000 - 1);
  expect((await cache.read(row, undefined)).status).toBe("hit");
});

test("what nobody asks for again leaves nothing behind for long: neither entry nor stamps", async () => {
  const { cache, clock, store, row } = setup("1 minute", false);
  await cache.get(row, undefined);
  clock.jump(70_000);
  expect((await store.scan({ pattern: "*" })).keys).toEqual([]);
});

test("an invalidation's stamp that has ended leaves its entries as invalid as before", async () => {
  const { cache, clock, store, row } = setup("3 days");
  await cache.get(row, undefined);
  await cache.invalidate([tags.row()]);
  clock.jump(86_400_000);
  expect(await store.mget([STAMP])).toEqual([null]);
  expect((await cache.read(row, undefined)).status).toBe("miss");
});

test("expiring a tag does not shorten the life of its stamp", async () => {
  const { cache, clock, store, row } = setup("3 days");
  await cache.get(row, undefined);
  await cache.expire([tags.row()]);
  clock.jump(3 * 86_400_000);
  expect(await store.mget([STAMP])).not.toEqual([null]);
});

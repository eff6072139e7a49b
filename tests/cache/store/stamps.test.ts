import { expect, test } from "vitest";
import { defineResource, defineTags } from "@algoitny/cache";
import { fleet } from "../../support/test-cache.ts";

const tags = defineTags({ row: () => [] });
const STAMP = "cache:1:tag:row";

function setup(ttl: "1 minute" | "3 days", found = true) {
  const row = defineResource<void, string | undefined>({
    name: "row",
    tags: () => [tags.row()],
    ttl,
    jitter: 0,
    load: () => (found ? "value" : undefined),
  });
  return { ...fleet(), row };
}

test("stamps outlive the entry that depends on them, however long it lives", async () => {
  const { cache, clock, row } = setup("3 days");
  await cache.get(row, undefined);
  clock.jump(3 * 86_400_000 - 1);
  expect((await cache.getEntry(row, undefined)).status).toBe("hit");
});

/** Names without an expiry. */
const PERMANENT = [
  "cache:1:seq",
  "cache:1:tag:@all",
  "cache:1:tag:@fills",
  "cache:1:tag:@resource:row",
];

test("an entry that is not read again leaves neither itself nor its own stamps, only shared stamps", async () => {
  const { cache, clock, store, row } = setup("1 minute", false);
  await cache.get(row, undefined);
  clock.jump(70_000);
  expect((await store.walk({ pattern: "*", remove: [] })).keys.toSorted()).toEqual(PERMANENT);
});

test("expired `getOrSet` keys leave no stamps of their own in the store, only shared ones", async () => {
  const { cache, clock, store } = setup("1 minute");
  for (let user = 0; user < 3; user += 1)
    await cache.getOrSet(`user-${user}:name`, () => "ann", "1 minute");
  clock.jump(70_000 + 60_000);
  expect((await store.walk({ pattern: "*", remove: [] })).keys.toSorted()).toEqual([
    ...PERMANENT.slice(0, 3),
    "cache:1:tag:@resource:kv",
  ]);
});

test("an invalidation leaves nothing in the store, and its entries never become valid again", async () => {
  const { cache, clock, store, row } = setup("3 days");
  await cache.get(row, undefined);
  await cache.invalidate([tags.row()]);
  expect(await store.mget([STAMP])).toEqual([null]);
  clock.jump(86_400_000);
  expect((await cache.getEntry(row, undefined)).status).toBe("miss");
});

test("expiring a tag does not shorten the lifetime of its stamp", async () => {
  const { cache, clock, store, row } = setup("3 days");
  await cache.get(row, undefined);
  await cache.expire([tags.row()]);
  clock.jump(3 * 86_400_000);
  expect(await store.mget([STAMP])).not.toEqual([null]);
});

import { CacheError, defineResource, defineTags, Loaded } from "@algoitny/cache";
import type { CommitBatch, Store } from "@algoitny/cache/store";
import { overNetwork } from "@algoitny/cache/testing";
import { expect, test } from "vitest";
import { fleet } from "../../support/test-cache.ts";
import { unreliableFleet, valueSoFar } from "../../support/unreliable-fleet.ts";

const tags = defineTags({ shelf: () => [], author: () => [] });

test("the stamps of each entry that a value was made from are compared, also if two entries have different stamps of one tag", async () => {
  const { cache } = fleet();
  let version = 1;
  const book = defineResource<number, number>({
    name: "book",
    tags: () => [tags.shelf()],
    ttl: "1 hour",
    load: () => version,
  });
  const page = defineResource<void, number[]>({
    name: "page",
    ttl: "1 hour",
    load: async () => {
      const old = await cache.getEntry(book, 1);
      version += 1;
      await cache.invalidate(tags.shelf());
      const young = await cache.getEntry(book, 2);
      return new Loaded([await young.value(), await old.value()], { from: [young, old] });
    },
  });
  // The page needs the stamp of the tag: this load creates it.
  await cache.get(book, 3);
  await cache.get(page);
  expect(await cache.getEntry(page)).toMatchObject({ status: "miss", stored: false });
});

test("the stamps of each entry of a snapshot are compared, also if two entries have different stamps of one tag", async () => {
  const { cache, other, holdRequest } = unreliableFleet();
  let version = 1;
  const row = defineResource<number, number>({
    name: "row",
    tags: () => [tags.shelf()],
    ttl: "1 hour",
    load: () => version,
  });
  await other.get(row, 1);
  const lease = holdRequest("lease");
  const reading = cache.getMany(row, [1, 2], { snapshot: true });
  await lease.reached;
  version += 1;
  await other.invalidate(tags.shelf());
  lease.release();
  expect(await reading).toEqual([2, 2]);
});

test("the failed commit of the first entry of a batch frees its lease, as any other's does", async () => {
  const { cache, store } = fleet({
    wrap: (inner: Store): Store => ({
      ...overNetwork(inner, {}),
      commit: async ({ requests, ...batch }: CommitBatch) => [
        { ok: false, error: new CacheError("store_failed", "too large") },
        ...(await inner.commit({ ...batch, requests: requests.slice(1) })),
      ],
    }),
  });
  const row = defineResource<number, number>({ name: "row", ttl: "1 hour", load: (id) => id });
  expect(await cache.getMany(row, [1, 2])).toEqual([1, 2]);
  expect(await store.mget(["cache:1:lease:row:1", "cache:1:lease:row:2"])).toEqual([null, null]);
});

test("loads that wait in line as a batch are let through when a running load needs any of them", async () => {
  const { cache, clock, turn } = unreliableFleet({ maxLoadsWithoutStore: 1 });
  turn("refused");
  const part = defineResource<number, string>({
    name: "part",
    ttl: "1 minute",
    load: (id) => `part ${id}`,
    loadMany: (ids) => ids.map((id) => `part ${id}`),
  });
  const begin = Promise.withResolvers<void>();
  const whole = defineResource<void, string>({
    name: "whole",
    ttl: "1 minute",
    load: async () => {
      await begin.promise;
      return cache.get(part, 9);
    },
  });
  const reading = cache.get(whole);
  await clock.advance(0);
  const parts = cache.getMany(part, [8, 9]);
  await clock.advance(0);
  begin.resolve();
  await clock.advance(50);
  expect(await valueSoFar(reading)).toBe("part 9");
  expect(await valueSoFar(parts)).toEqual(["part 8", "part 9"]);
});

test("a batch that waits for entries waits again for those whose lease has passed to another instance", async () => {
  const { cache, clock, store, instance } = fleet({ waitTimeout: "5 seconds" });
  const loads: string[] = [];
  const define = (by: string) =>
    defineResource<number, string>({
      name: "row",
      ttl: "1 hour",
      load: (id) => {
        loads.push(`${by} ${id}`);
        return by;
      },
    });
  store.put("cache:1:lease:row:1", "1.busy", 60_000);
  store.put("cache:1:lease:row:2", "1.died", 3_000);
  const reading = cache.getMany(define("reader"), [1, 2]);
  await clock.advance(2_999);
  store.put("cache:1:lease:row:2", "2.takes over", 60_000);
  await clock.advance(4_000);
  await store.delete(["cache:1:lease:row:2"]);
  await instance().get(define("leader"), 2);
  await clock.advance(1_000);
  expect(await valueSoFar(reading)).toEqual(["reader", "leader"]);
  expect(loads).toEqual(["reader 1", "leader 2"]);
});

test("a batch refreshes the stale entries whose tasks the queue refused, and leaves the others to the queue", async () => {
  const { cache, clock } = fleet({
    enqueueRefresh: ({ key }) => {
      if (key === "row:1") throw new Error("the queue is full");
    },
  });
  const loads: number[] = [];
  const row = defineResource<number, number>({
    name: "row",
    ttl: "1 minute",
    staleWhileRevalidate: "1 hour",
    jitter: 0,
    load: (id) => {
      loads.push(id);
      return id;
    },
  });
  await cache.getMany(row, [1, 2]);
  await clock.advance(60_000);
  loads.length = 0;
  await cache.getMany(row, [1, 2]);
  expect(loads).toEqual([1]);
});

test("a hold on any tag of an entry, value tags too, keeps the entry from being stored", async () => {
  const { cache, instance } = fleet();
  const other = instance();
  const book = defineResource<void, string>({
    name: "book",
    tags: () => [tags.shelf()],
    ttl: "1 hour",
    load: () => new Loaded("title", { tags: [tags.author()] }),
  });
  const details: unknown[] = [];
  await cache.change([tags.author()], async () => {
    details.push((await other.getEntry(book)).detail);
    // The first load under the tag has created its stamp, so only the hold can refuse the second one's value.
    details.push((await other.getEntry(book)).detail);
  });
  expect(details).toEqual(["fill-refused", "fill-refused"]);
});

import { expect, test } from "vitest";
import { defineResource, type Resource } from "@algoitny/cache";
import type { Store } from "@algoitny/cache/store";
import { overNetwork } from "@algoitny/cache/testing";
import { globMatcher } from "../../../packages/cache/src/redis-glob.ts";
import { holdLoads } from "../../support/held-loads.ts";
import { walkInSteps } from "../../support/stepped-walks.ts";
import { fleet } from "../../support/test-cache.ts";
import { unreliableFleet } from "../../support/unreliable-fleet.ts";

function setup() {
  let version = 0;
  const named = (name: string) =>
    defineResource<{ page: number }, number>({
      name,
      key: (params) => params,
      ttl: "1 minute",
      load: () => ++version,
    });
  const resources = [named("problem_list"), named("problem_detail"), named("user_stats")] as const;
  return { ...fleet({ resources }), resources };
}

test("a pattern that covers a whole resource deletes its stamp, without a walk over its entries", async () => {
  const { cache, resources } = setup();
  const [list, detail, stats] = resources;
  await cache.getMany(list, [{ page: 1 }, { page: 2 }]);
  await cache.get(detail, { page: 1 });
  await cache.get(stats, { page: 1 });
  const result = await cache.invalidatePattern("problem_*");
  expect(result).toEqual({ resources: ["problem_list", "problem_detail"], entries: 0 });
  expect((await cache.getEntry(list, { page: 2 })).status).toBe("miss");
  expect((await cache.getEntry(detail, { page: 1 })).status).toBe("miss");
  expect((await cache.getEntry(stats, { page: 1 })).status).toBe("hit");
});

test("any other pattern removes the entries that match, and returns their number", async () => {
  const { cache, resources } = setup();
  const [list, detail] = resources;
  await cache.getMany(list, [{ page: 1 }, { page: 12 }, { page: 2 }]);
  await cache.getMany(detail, [{ page: 1 }]);
  const progress: number[] = [];
  const result = await cache.invalidatePattern("*:page:1*", {
    onProgress: (entries) => progress.push(entries),
  });
  expect(result).toEqual({ resources: [], entries: 3 });
  expect(progress.at(-1)).toBe(3);
  expect((await cache.keys("*")).keys).toEqual(["problem_list:page:2"]);
});

const IDS = Array.from({ length: 60 }, (_, index) => 10 + index);

/** A cache whose walks take a step for each name, with 60 entries of a resource that it was not given, and 60 of `getOrSet`. */
async function manySteps(resources: readonly Resource<{ page: number }, number, void>[]) {
  const { cache } = fleet({ resources, wrap: (store) => walkInSteps(store, 1) });
  const load = () => 1;
  const row = defineResource<number, number>({ name: "row", ttl: "1 minute", load });
  await cache.getMany(row, IDS);
  for (const id of IDS) await cache.getOrSet(`user-${id}`, load, "1 minute");
  return { cache, row };
}

test("a walk of more than 50 steps leaves no entry of `getOrSet` that its pattern matches", async () => {
  const { cache } = await manySteps(setup().resources);
  await cache.invalidatePattern("kv:user-??");
  for (const id of IDS) expect(await cache.getOrSet(`user-${id}`, () => 2, "1 minute")).toBe(2);
});

test("a walk over resources that the cache was not given leaves no entry that its pattern matches", async () => {
  const { cache, row } = await manySteps([]);
  expect((await cache.invalidatePattern("*:??")).entries).toBe(IDS.length);
  for (const id of IDS) expect(await cache.peek(row, id)).toBeUndefined();
});

test("a pattern that names one resource is one command, although the cache was not given the resource", async () => {
  const { cache, row } = await manySteps([]);
  expect(await cache.invalidatePattern("row:*")).toEqual({ resources: ["row"], entries: 0 });
  expect(await cache.peek(row, 10)).toBeUndefined();
  expect(await cache.invalidatePattern("kv:*")).toEqual({ resources: ["kv"], entries: 0 });
});

test("a dry run of a pattern that covers a resource leaves its entries", async () => {
  const { cache, resources } = setup();
  await cache.get(resources[0], { page: 1 });
  const { resources: covered } = await cache.invalidatePattern("problem_list*", { dryRun: true });
  expect(covered).toEqual(["problem_list"]);
  expect((await cache.getEntry(resources[0], { page: 1 })).status).toBe("hit");
});

test("a dry run counts and changes nothing", async () => {
  const { cache, resources } = setup();
  await cache.getMany(resources[0], [{ page: 1 }, { page: 2 }]);
  expect(await cache.invalidatePattern("*page:1", { dryRun: true })).toEqual({
    resources: [],
    entries: 1,
  });
  expect((await cache.getEntry(resources[0], { page: 1 })).status).toBe("hit");
});

test("a pattern refuses the commit of a load in progress, whose entry is not stored yet", async () => {
  const { clock, cache, instance } = fleet();
  const { load, loads } = holdLoads<string>();
  const row = defineResource<void, string>({ name: "row", ttl: "1 minute", load });
  const filling = cache.getEntry(row, undefined);
  await clock.advance(0);
  await instance().invalidatePattern("r*w:*");
  loads(0).resolve("old");
  expect((await filling).detail).toBe("fill-refused");
  loads(1).resolve("new");
  expect(await cache.get(row, undefined)).toBe("new");
});

test("an entry that is stored in the middle of the walk is invalidated too", async () => {
  const { clock, cache, store } = fleet();
  const { load, loads } = holdLoads<string>();
  const row = defineResource<void, string>({ name: "row", ttl: "1 minute", load });
  const filling = cache.getEntry(row, undefined);
  await clock.advance(0);
  const afterFirstScan = async () => {
    loads(0).resolve("old");
    await filling;
  };
  loads(1).resolve("new");
  const wrap = () => overNetwork(store, { reply: afterFirstScan });
  await fleet({ wrap }).cache.invalidatePattern("r*w:*");
  expect(await cache.get(row, undefined)).toBe("new");
});

test("an entry that a process holds is invalidated although the store has lost it", async () => {
  const { cache, instance, store } = fleet();
  let version = 0;
  const row = defineResource({ name: "row", ttl: "1 minute", l1: true, load: () => ++version });
  expect(await cache.get(row, undefined)).toBe(1);
  await store.delete(["cache:1:row:all"]);
  await instance().invalidatePattern("r*w:*");
  expect(await cache.get(row, undefined)).toBe(2);
});

test("an entry that the invalidating process trusts is invalidated although the store has lost entry and stamp", async () => {
  const { cache, store } = fleet();
  let version = 0;
  const row = defineResource({
    name: "row",
    ttl: "1 minute",
    l1: { revalidateAfter: "10 seconds" },
    load: () => ++version,
  });
  expect(await cache.get(row, undefined)).toBe(1);
  await store.delete(["cache:1:row:all", "cache:1:tag:@key:row:all"]);
  await cache.invalidatePattern("r*w:*");
  expect(await cache.get(row, undefined)).toBe(2);
});

test("an entry that this process began to trust during the walk is invalidated although the store has lost it since", async () => {
  const { cache, store, holdRequest } = unreliableFleet();
  let version = 0;
  const row = defineResource({
    name: "row",
    ttl: "1 minute",
    l1: { revalidateAfter: "10 seconds" },
    load: () => ++version,
  });
  await cache.get(row, undefined);
  const walk = holdRequest("walk");
  const invalidating = cache.invalidatePattern("r*w:*");
  await walk.reached;
  expect(await cache.get(row, undefined)).toBe(1);
  await store.delete(["cache:1:row:all", "cache:1:tag:@key:row:all"]);
  walk.release();
  expect(await invalidating).toEqual({ resources: [], entries: 0 });
  expect(await cache.get(row, undefined)).toBe(2);
});

test("a walk in which the store fails rejects as a failed invalidation", async () => {
  const wrap = (store: Store) => overNetwork(store, { fault: () => "refused" });
  const pattern = fleet({ wrap }).cache.invalidatePattern("r*w:*");
  await expect(pattern).rejects.toMatchObject({ code: "invalidation_failed" });
});

test("patterns match as Redis's globs do", () => {
  const cases: [string, string, boolean][] = [
    ["a*c", "abbbc", true],
    ["a?c", "abc", true],
    ["a?c", "ac", false],
    ["a[bx]c", "axc", true],
    ["a[^b]c", "abc", false],
    ["a[a-d]c", "adc", true],
    ["a\\*c", "a*c", true],
    ["a\\*c", "abc", false],
    ["a.c", "abc", false],
    ["(a+)", "(a+)", true],
    ["a[d-b]c", "acc", true],
    ["a[b", "a[b", true],
    ["a]", "a]", true],
    ["a[]c", "abc", false],
  ];
  for (const [pattern, name, matches] of cases)
    expect([pattern, globMatcher(pattern)(name)]).toEqual([pattern, matches]);
});

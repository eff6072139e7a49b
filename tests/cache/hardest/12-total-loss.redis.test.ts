import { setTimeout as delay } from "node:timers/promises";
import { Cache, defineResource } from "@algoitny/cache";
import { createUpstashStore } from "@algoitny/cache/upstash";
import { afterAll, beforeAll, expect, test } from "vitest";
import { scale } from "../../support/scale.ts";
import { testUpstash, type TestUpstash } from "../../support/test-upstash.ts";

/** Instances of a function, each with readers of a few popular entries and readers of rare ones, which are read only once. */
const { instances: INSTANCES, popular: POPULAR, ...READERS } = scale.totalLoss;

/** Highest number of concurrent loads while the cache works: one for each reader of rare entries. */
const STEADY = INSTANCES * READERS.ofRare;

let upstash: TestUpstash;
beforeAll(async () => {
  upstash = await testUpstash();
});
afterAll(() => upstash.close());

/** Within 5 s after Redis is back, every instance has tried it again. */
const TRIED_AGAIN_MS = 5_000;

/** A database that takes 5 ms for a load; counts the loads in progress, and the most at once. */
function slowDatabase() {
  const counts = { underWay: 0, most: 0 };
  const load = async (value: string) => {
    counts.underWay += 1;
    counts.most = Math.max(counts.most, counts.underWay);
    await delay(5);
    counts.underWay -= 1;
    return value;
  };
  return { counts, load };
}

test("while Redis is down the database has at most twice as many concurrent loads, and once it is back each entry is loaded once", async () => {
  const { counts, load } = slowDatabase();
  let aheadMs = 0;
  const clock = {
    now: () => Date.now() + aheadMs,
    monotonic: () => performance.now() + aheadMs,
    sleep: (ms: number, signal?: AbortSignal) =>
      delay(ms, undefined, { ...(signal && { signal }) }).catch(() => undefined),
  };
  const row = defineResource<string, string>({ name: "row", ttl: "1 hour", load });
  const caches = Array.from({ length: INSTANCES }, () => {
    const store = createUpstashStore({ ...upstash, timeout: "20 seconds" });
    return new Cache({
      store,
      clock,
      storeTimeout: "20 seconds",
      waitTimeout: "20 seconds",
      maxLoadsWithoutStore: READERS.ofRare,
    });
  });
  const seen = { reads: 0, hits: 0, bypasses: 0, stored: 0, wrong: 0 };
  const stop = new AbortController();
  let rare = 0;
  const read = async (cache: Cache, key: string) => {
    const entry = await cache.getEntry(row, key);
    if ((await entry.value()) !== key) seen.wrong += 1;
    if (!key.startsWith("popular")) return;
    seen.reads += 1;
    if (entry.status === "hit") seen.hits += 1;
    if (entry.status === "bypass") seen.bypasses += 1;
    if (entry.stored) seen.stored += 1;
  };
  const readOn = async (cache: Cache, next: () => string) => {
    while (!stop.signal.aborted) await read(cache, next());
  };
  let popular = 0;
  const readers = caches.flatMap((cache) => [
    ...Array.from({ length: READERS.ofPopular }, () =>
      readOn(cache, () => `popular ${(popular += 1) % POPULAR}`),
    ),
    ...Array.from({ length: READERS.ofRare }, () => readOn(cache, () => `rare ${(rare += 1)}`)),
  ]);
  const all = Promise.all(readers);
  /** Resolves when a counter has grown by that much. */
  const until = (count: keyof typeof seen, more: number) => {
    const goal = seen[count] + more;
    return expect.poll(() => seen[count], { timeout: 30_000 }).toBeGreaterThanOrEqual(goal);
  };

  await until("hits", 4 * POPULAR);
  expect(seen.stored).toBe(POPULAR);
  counts.most = 0;
  await until("hits", 4 * POPULAR);
  // Only readers of rare entries load, each one entry at a time.
  expect(counts.most).toBeLessThanOrEqual(STEADY);

  counts.most = 0;
  await upstash.redis.stop();
  await until("bypasses", 4 * POPULAR);
  // The loads that the limit allows, and those that had leases before.
  expect(counts.most).toBeLessThanOrEqual(2 * STEADY);
  expect(counts.most).toBeGreaterThan(STEADY / 2);

  seen.stored = 0;
  await upstash.redis.start();
  aheadMs += TRIED_AGAIN_MS;
  const isNormal = async () => {
    const before = { ...seen };
    await until("reads", 2 * POPULAR);
    return seen.hits - before.hits === seen.reads - before.reads;
  };
  await expect.poll(isNormal, { timeout: 30_000 }).toBe(true);
  expect(seen.stored).toBe(POPULAR);
  expect(seen.wrong).toBe(0);
  stop.abort();
  await all;
});

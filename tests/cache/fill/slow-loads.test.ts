import { expect, test } from "vitest";
import { defineResource, type ReadOptions } from "@algoitny/cache";
import { valueSoFar } from "../../support/unreliable-fleet.ts";
import { fleet } from "../../support/test-cache.ts";
import { holdLoads } from "../../support/held-loads.ts";

const READERS = 20;

/** Instances that have learned the usual load time, with twenty readers of a missing entry in each. */
async function rush(options: { instances: number; usualMs: number; loadMs: number }) {
  const { clock, instance } = fleet();
  let loads = 0;
  let takesMs = options.usualMs;
  const row = defineResource({
    name: "row",
    ttl: "1 hour",
    staleIfError: "1 day",
    hardTimeout: "1 minute",
    load: async (id: number) => {
      loads += 1;
      await clock.sleep(takesMs);
      return `value of ${id}`;
    },
  });
  const caches = Array.from({ length: options.instances }, (_, index) =>
    instance({ random: () => (index % 10) / 10 }),
  );
  const warmUps = caches.map((cache, index) => cache.get(row, -1 - index));
  await clock.advance(options.usualMs);
  await Promise.all(warmUps);
  loads = 0;
  takesMs = options.loadMs;
  const reads = caches.flatMap((cache) => Array.from({ length: READERS }, () => cache.get(row, 7)));
  await clock.advance(15_000);
  expect(new Set(await Promise.all(reads.map(valueSoFar)))).toEqual(new Set(["value of 7"]));
  return { loads, isStored: (await caches[0]?.peek(row, 7)) !== undefined };
}

test.for([
  { usualMs: 10, loadMs: 900, loads: 1 },
  { usualMs: 10, loadMs: 1_100, loads: 2 },
  { usualMs: 10, loadMs: 2_900, loads: 2 },
  { usualMs: 500, loadMs: 2_100, loads: 2 },
])(
  "a value that loads in $loadMs ms instead of $usualMs ms is loaded $loads × by thirty instances, and stored",
  async ({ loads, ...times }) => {
    expect(await rush({ instances: 30, ...times })).toEqual({ loads, isStored: true });
  },
);

test("when a load takes longer than readers wait, each instance loads at most once more, not each reader", async () => {
  const { loads, isStored } = await rush({ instances: 10, usualMs: 10, loadMs: 8_000 });
  expect(loads).toBeLessThanOrEqual(10 + 2);
  expect(isStored).toBe(true);
});

/** A load that does not end, and two readers that have waited for it in vain: the request of the first one has 10 seconds. */
async function afterWaiting() {
  const { clock, cache } = fleet();
  const { load, loads } = holdLoads<string>();
  const row = defineResource({ name: "row", ttl: "1 hour", hardTimeout: "1 minute", load });
  const endMs = clock.now() + 10_000;
  const read = (options?: Partial<ReadOptions<void>>) =>
    cache.get(row, undefined, options).catch((error: Error) => error.message);
  void read();
  await clock.advance(0);
  const hurried = read({ remainingMs: () => endMs - clock.now() });
  const patient = read();
  await clock.advance(5_000);
  expect(load).toHaveBeenCalledTimes(2);
  return { clock, read, hurried, patient, load, loads };
}

test("a load that readers share after their wait continues when the reader that began it has no time left", async () => {
  const { clock, hurried, patient, load, loads } = await afterWaiting();
  await clock.advance(20_000);
  loads(1).resolve("value");
  await clock.advance(0);
  expect(await valueSoFar(hurried)).toContain("load_timeout");
  expect(await valueSoFar(patient)).toBe("value");
  expect(load).toHaveBeenCalledTimes(2);
});

test("all readers that share a load after their wait get its failure: none loads again", async () => {
  const { clock, hurried, patient, load, loads } = await afterWaiting();
  loads(1).reject(new Error("database down"));
  await clock.advance(0);
  const both = await Promise.all([hurried, patient].map(valueSoFar));
  expect(both).toEqual(["database down", "database down"]);
  expect(load).toHaveBeenCalledTimes(2);
});

test("when a load after a wait fails, a reader that has a fallback is served it", async () => {
  const { clock, instance } = fleet({ waitTimeout: "2 seconds" });
  const { load, loads } = holdLoads<string>();
  const row = defineResource({
    name: "row",
    ttl: "1 minute",
    staleIfError: "1 hour",
    hardTimeout: "1 minute",
    load,
  });
  const cache = instance();
  const first = cache.get(row);
  await clock.advance(0);
  loads(0).resolve("old");
  await first;
  await clock.advance(120_000);
  // Holds the lease, and never ends.
  void instance().get(row);
  await clock.advance(0);
  const waiting = cache.get(row).catch((error: Error) => error.message);
  await clock.advance(2_000);
  loads(2).reject(new Error("database down"));
  await clock.advance(0);
  expect(await valueSoFar(waiting)).toBe("old");
});

test("a reader that came after the beginning of a load that others share after their wait does not get its value", async () => {
  const { clock, read, patient, loads } = await afterWaiting();
  const later = read();
  await clock.advance(0);
  loads(1).resolve("old");
  await clock.advance(0);
  expect([await valueSoFar(patient), await valueSoFar(later)]).toEqual(["old", "pending"]);
});

test("a reader joins a load that another reader began, and does not fail when the time of that reader is over", async () => {
  const { clock, instance } = fleet();
  const { load, loads } = holdLoads<string>();
  const row = defineResource({ name: "row", ttl: "1 hour", hardTimeout: "1 minute", load });
  // Holds the lease, and never ends.
  void instance().get(row, undefined);
  await clock.advance(0);
  const cache = instance();
  const read = (budgetMs?: number) => {
    const endMs = clock.now() + (budgetMs ?? 0);
    const options = budgetMs === undefined ? {} : { remainingMs: () => endMs - clock.now() };
    return cache.get(row, undefined, options).catch((error: Error) => error.message);
  };
  const first = read(2_000);
  await clock.advance(500);
  const patient = read();
  await clock.advance(900);
  const second = read(1_100);
  await clock.advance(0);
  loads(1).reject(new Error("database down"));
  await clock.advance(0);
  expect(await valueSoFar(first)).toBe("database down");
  await clock.advance(1_050);
  expect(await valueSoFar(second)).toContain("load_timeout");
  expect(await valueSoFar(patient)).toBe("pending");
  loads(2).resolve("value");
  await clock.advance(0);
  expect(await valueSoFar(patient)).toBe("value");
  expect(load).toHaveBeenCalledTimes(3);
});

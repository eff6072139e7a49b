import { beforeAll, describe, expect, test } from "vitest";
import { Cache, defineResource, defineTags, type ResourceOptions } from "@algoitny/cache";
import { lifetime } from "../../../packages/cache/src/protocol/lifetime.ts";
import { PROTOCOL } from "../../../packages/cache/src/protocol/policy.ts";
import { fleet } from "../../support/test-cache.ts";

const tags = defineTags({ row: () => [], other: () => [] });

/** Time between two reads of an instance, and duration of a load. */
const STEP_MS = 50;
const LOAD_MS = 40;
/** Lifetime of a lent value: see `lifetime`. */
const LENT_MS = 1_000;
/** Longest lag of the index after an invalidation: the settling window. */
const SETTLING_MS = 5_000;
/** Time at which the row changes, long after it was stored. */
const CHANGE_MS = 30_000;

/** Imports the lazily loaded modules: they arrive in real time, for which the virtual clock would not wait. */
beforeAll(async () => {
  const { cache } = fleet();
  const row = defineResource<void, string>({
    name: "warm-up",
    tags: () => [tags.row()],
    ttl: "1 minute",
    staleWhileRevalidate: "1 minute",
    l1: true,
    load: () => "value",
  });
  await cache.get(row, undefined);
  await cache.expire([tags.row()]);
  await cache.get(row, undefined);
});

interface Story {
  /** Time after a change for which the index still shows the old value. */
  indexLagMs: number;
  /** Time from the change to the return of the invalidation. */
  arrivesMs: number;
  options?: Partial<ResourceOptions<void, string, void>>;
  invalidate?: (cache: Cache) => Promise<unknown>;
  before?: string | undefined;
  policy?: typeof PROTOCOL;
}

/**
 * Two instances read a row through an index that lags behind its table. Returns `healedMs`, the time from the index's
 * update to the start of the last read that returned the old value; `oldReads`, the number of such reads after the
 * invalidation; and the number of loads.
 */
async function play(story: Story): Promise<{ healedMs: number; oldReads: number; loads: number }> {
  const { indexLagMs, arrivesMs, options = {}, policy } = story;
  const { invalidate = (each) => each.invalidate([tags.row()]) } = story;
  const before = "before" in story ? story.before : "old";
  const { clock, store } = fleet();
  const startMs = clock.now();
  const atMs = () => clock.now() - startMs;
  let loads = 0;
  const row = defineResource<void, string | undefined>({
    name: "row",
    tags: () => [tags.row(), tags.other()],
    ttl: "10 minutes",
    staleWhileRevalidate: "1 minute",
    consistency: "eventual",
    load: async () => {
      loads += 1;
      const seen = atMs() < CHANGE_MS + indexLagMs ? before : "new";
      if (atMs() > 0) await clock.sleep(LOAD_MS);
      return seen;
    },
    ...options,
  });
  const instances = [0, 1].map(
    () => new Cache({ store, clock, random: () => 0.5 }, policy ?? PROTOCOL),
  );
  const [first] = instances as [Cache];

  await first.get(row, undefined);
  await clock.advance(SETTLING_MS);
  // The first load created the stamps, so its value was lent too; the value of this one is kept.
  const kept = first.get(row, undefined);
  await clock.advance(CHANGE_MS + arrivesMs - SETTLING_MS);
  await kept;
  await invalidate(first);

  const oldAtMs: number[] = [];
  const reads: Promise<void>[] = [];
  const read = async (cache: Cache) => {
    const beganMs = atMs();
    if ((await cache.get(row, undefined)) !== "new") oldAtMs.push(beganMs);
  };
  const endMs = CHANGE_MS + Math.max(indexLagMs, arrivesMs) + 30_000;
  while (atMs() < endMs) {
    reads.push(...instances.map(read));
    await clock.advance(STEP_MS);
  }
  await Promise.all(reads);
  const healedMs = Math.max(0, ...oldAtMs.map((ms) => ms - CHANGE_MS - indexLagMs));
  return { healedMs, oldReads: oldAtMs.length, loads };
}

const STORIES = [200, 1_000, 2_500, 4_000, SETTLING_MS].flatMap((indexLagMs) =>
  [0, 150, 1_000].map((arrivesMs) => ({ indexLagMs: indexLagMs + arrivesMs, arrivesMs })),
);

/** Longest staleness of a read: a value lent at the last moment, for its lifetime and the duration of its load. */
const BOUND_MS = LENT_MS + LOAD_MS;

describe("after the index is updated, an old value is served for a second, the time of a load and the trust of processes at most", () => {
  test.each([
    ["an invalidated entry", {}],
    ["an expired entry", { invalidate: (each: Cache) => each.expire([tags.row()]) }],
    ["a cleared cache", { invalidate: (each: Cache) => each.clear() }],
    ["a deleted entry", { invalidate: (each: Cache) => each.invalidatePattern("row:all") }],
    [
      "an entry that a pattern removes",
      { invalidate: (each: Cache) => each.invalidatePattern("row:a*") },
    ],
    ["an entry held in processes", { options: { l1: true } }],
    [
      "an entry trusted in processes",
      { options: { l1: { revalidateAfter: "500 milliseconds" } } },
      500,
    ],
    ["a row that was not there before", { before: undefined }],
  ] as [string, Partial<Story>, number?][])("%s", async (_, details, trustedMs = 0) => {
    let longestMs = 0;
    for (const story of STORIES) {
      const { healedMs, oldReads } = await play({ ...story, ...details });
      expect(oldReads, "the index must have misled a load").toBeGreaterThan(0);
      longestMs = Math.max(longestMs, healedMs);
    }
    expect(longestMs).toBeLessThanOrEqual(BOUND_MS + trustedMs);
  });

  test("but not with full lifetimes for all loads: the old value then stays as long as any other", async () => {
    const trusting: typeof lifetime = (resource, input) =>
      lifetime({ ...resource, consistency: "strong" }, input);
    const policy = { ...PROTOCOL, lifetime: trusting };
    const { healedMs } = await play({ indexLagMs: 1_000, arrivesMs: 0, policy });
    expect(healedMs).toBeGreaterThan(25_000);
  });
});

test("within the settling window there is one load a second at most", async () => {
  const { loads, oldReads } = await play({ indexLagMs: 4_000, arrivesMs: 0 });
  expect(oldReads).toBeGreaterThan(100);
  // Two before the change, one a second within the window, and the one that is kept.
  expect(loads).toBeLessThanOrEqual(2 + SETTLING_MS / LENT_MS + 1);
});

/** An eventually consistent row whose value counts its loads. */
function countedRow() {
  let loads = 0;
  const row = defineResource<void, number>({
    name: "row",
    tags: () => [tags.row()],
    ttl: "10 minutes",
    consistency: "eventual",
    load: () => (loads += 1),
  });
  return { row, loads: () => loads };
}

test("a value whose stamps are older than the settling window has its whole lifetime", async () => {
  const { clock, cache } = fleet();
  const { row } = countedRow();
  await cache.invalidate([tags.row()]);
  await clock.advance(SETTLING_MS);
  // The stamps that this read creates are new, so its value is only lent; the next one is kept.
  await cache.get(row, undefined);
  await clock.advance(SETTLING_MS);
  await cache.get(row, undefined);
  await clock.advance(500_000);
  expect(await cache.get(row, undefined)).toBe(2);
});

test("a process whose clock is ahead does not end the settling window sooner", async () => {
  const { clock, store } = fleet();
  const ahead: typeof clock = Object.create(clock);
  ahead.now = () => clock.now() + 2 * SETTLING_MS;
  const [usual, fast] = [clock, ahead].map((each) => new Cache({ store, clock: each }));
  const { row, loads } = countedRow();
  await usual?.get(row, undefined);
  await clock.advance(LENT_MS);
  await fast?.get(row, undefined);
  await clock.advance(LENT_MS);
  await fast?.get(row, undefined);
  expect(loads()).toBe(3);
});

test("stamps that a delayed lease request makes do not count as old", async () => {
  const { clock, store } = fleet();
  let isLate = true;
  const slow: typeof store = Object.create(store);
  slow.lease = async (batch) => {
    if (isLate) await clock.sleep(SETTLING_MS + 1_000);
    return store.lease(batch);
  };
  const { row, loads } = countedRow();
  const [late, punctual] = [slow, store].map((each) => new Cache({ store: each, clock }));
  const reading = late?.get(row, undefined);
  await clock.advance(SETTLING_MS);
  isLate = false;
  await punctual?.invalidate([tags.row()]);
  // The late request creates new stamps, and the other instance's load finds them.
  await clock.advance(1_000);
  await reading;
  await punctual?.get(row, undefined);
  const before = loads();
  await clock.advance(LENT_MS);
  await punctual?.get(row, undefined);
  expect(loads()).toBe(before + 1);
});

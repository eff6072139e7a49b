import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type CacheProcess, type Origin, startCacheProcess } from "../../support/cache-process.ts";
import { fillStops, PLACES } from "../../support/store-steps.ts";
import { testUpstash, type TestUpstash } from "../../support/test-upstash.ts";

/** Keys in the store of a row's entry: the entry itself, its lease and its stamps. */
const entryOf = (id: number) => `cache:1:row:id:${id}`;
const leaseOf = (id: number) => `cache:1:lease:row:id:${id}`;
const stampsOf = (id: number) =>
  ["@all", "@resource:row", `row:${id}`, "rows"].map((tag) => `cache:1:tag:${tag}`);

let upstash: TestUpstash;
let stops: ReturnType<typeof fillStops>;
let [a, b] = [] as unknown as [CacheProcess, CacheProcess];
let lastId = 0;
/** Current value of the origin, by row. */
const database = new Map<number, string>();

const origin: Origin = async ({ params: [row] }) => {
  const value = database.get(row?.id ?? 0);
  await stops.inLoad();
  return value;
};

beforeAll(async () => {
  upstash = await testUpstash();
  stops = fillStops(upstash);
  const start = () =>
    startCacheProcess({ upstash, origin, resources: { row: { ttl: "1 minute" } } });
  [a, b] = await Promise.all([start(), start()]);
});
afterEach(() => upstash.intercept());
afterAll(() => Promise.all([a, b, upstash].map((each) => each[Symbol.asyncDispose]())));

/** Removes keys, as Redis evicts them when memory is short. */
async function evict(names: readonly string[]): Promise<void> {
  if (names.length > 0) await upstash.redis.call(["DEL", ...names]);
}

function subsets<T>(all: readonly T[]): T[][] {
  return Array.from({ length: 2 ** all.length }, (_, bits) =>
    all.filter((_each, index) => (bits >> index) % 2 === 1),
  );
}

/** Values of the next two reads, and the status of the second: only the first may have to load. */
async function seenFromNowOn(id: number) {
  const [first, second] = [await a.read("row", { id }), await b.read("row", { id })];
  return [first.value, second.value, second.status];
}
const NOTHING_WORSE_THAN_A_MISS = ["new", "new", "hit"];

/**
 * Process a fills an entry with the old value and is stopped at `place`; process b invalidates the entry, keys are
 * lost, and reads begin in both processes. Returns the values of these reads, and of reads that begin after the fill.
 */
async function loseDuringFill(
  place: (typeof PLACES)[number],
  isInStore: boolean,
  lose: (id: number) => Promise<void>,
) {
  const id = ++lastId;
  database.set(id, "old");
  if (isInStore) {
    await a.get("row", { id });
    await b.invalidate(`row:${id}`);
  }
  const hold = stops.stopAt(place);
  const filling = a.get("row", { id });
  await hold.reached;
  database.set(id, "new");
  await b.invalidate(`row:${id}`);
  await lose(id);
  const during = [a, b].map((process) => process.get("row", { id }));
  hold.letGo();
  const seenDuring = await Promise.all(during);
  await filling;
  return [...seenDuring, ...(await seenFromNowOn(id))];
}
const NEVER_OLD = ["new", "new", ...NOTHING_WORSE_THAN_A_MISS];

describe("an invalidated entry never becomes valid again", () => {
  test("whichever of its keys are lost after the invalidation", async () => {
    const names = (id: number) => [entryOf(id), leaseOf(id), ...stampsOf(id)];
    for (const lost of subsets([...names(0).keys()])) {
      const id = ++lastId;
      database.set(id, "old");
      await a.get("row", { id });
      database.set(id, "new");
      await b.invalidate(`row:${id}`);
      await evict(names(id).filter((_, index) => lost.includes(index)));
      expect(await seenFromNowOn(id)).toEqual(NOTHING_WORSE_THAN_A_MISS);
    }
  });

  test("whichever of its stamps are lost before the invalidation", async () => {
    for (const lost of subsets([0, 1, 2, 3])) {
      const id = ++lastId;
      database.set(id, "old");
      await a.get("row", { id });
      await evict(stampsOf(id).filter((_, index) => lost.includes(index)));
      database.set(id, "new");
      await b.invalidate(`row:${id}`);
      expect(await seenFromNowOn(id)).toEqual(NOTHING_WORSE_THAN_A_MISS);
    }
  });

  test("when its stamp is repeatedly lost and made again by a fill", async () => {
    const id = ++lastId;
    for (let round = 0; round < 10; round += 1) {
      database.set(id, `old ${round}`);
      expect(await a.get("row", { id })).toBe(`old ${round}`);
      database.set(id, "new");
      await b.invalidate(`row:${id}`);
      await evict(stampsOf(id));
      expect(await seenFromNowOn(id)).toEqual(NOTHING_WORSE_THAN_A_MISS);
      await a.remove("row", { id });
    }
  });
});

const EVERY_SUBSET = subsets([0, 1, 2, 3]);
const EACH_AND_ALL = [[0], [1], [2], [3], [0, 1, 2, 3]];

describe.each([
  { fill: "a first load", isInStore: false, choices: EVERY_SUBSET },
  { fill: "the reload of an invalidated entry", isInStore: true, choices: EACH_AND_ALL },
])("an invalidation during $fill refuses its commit", ({ isInStore, choices }) => {
  const groups = (id: number) => {
    const [everything = "", resource = "", row = "", rows = ""] = stampsOf(id);
    return [[entryOf(id)], [leaseOf(id)], [row], [everything, resource, rows]];
  };

  test.each(PLACES)("whichever keys are lost at its %s (%s)", async (...place) => {
    for (const lost of choices) {
      const lose = (id: number) => evict(lost.flatMap((group) => groups(id)[group] ?? []));
      expect(await loseDuringFill(place, isInStore, lose)).toEqual(NEVER_OLD);
    }
  });

  test("when the whole database is emptied, at any of its steps", async () => {
    for (const place of PLACES) {
      const lose = async () => void (await upstash.redis.call(["FLUSHDB"]));
      expect(await loseDuringFill(place, isInStore, lose)).toEqual(NEVER_OLD);
    }
  });

  test("when Redis stops and starts again, at any of its steps", async () => {
    for (const place of PLACES) {
      const lose = async () => {
        await upstash.redis.stop();
        await upstash.redis.start();
      };
      expect(await loseDuringFill(place, isInStore, lose)).toEqual(NEVER_OLD);
    }
  });
});

test("reads go on while Redis is down, and lost entries are loaded again afterwards", async () => {
  const id = ++lastId;
  database.set(id, "old");
  await a.get("row", { id });
  await upstash.redis.stop();
  database.set(id, "new");
  await expect(b.invalidate(`row:${id}`)).rejects.toThrow("invalidation_failed");
  expect(await a.read("row", { id })).toMatchObject({ status: "bypass", value: "new" });
  await upstash.redis.start();
  await b.invalidate(`row:${id}`);
  expect(await seenFromNowOn(id)).toEqual(NOTHING_WORSE_THAN_A_MISS);
});

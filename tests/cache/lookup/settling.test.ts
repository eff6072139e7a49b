import { expect, test } from "vitest";
import { Cache, defineResource, defineTags, Loaded } from "@algoitny/cache";
import { putText } from "../../support/put-text.ts";
import { fleet } from "../../support/test-cache.ts";

const tags = defineTags({ row: () => [] });

/** An eventually consistent row whose stamps are a minute old, and whose load takes 2 s or fails. */
async function setup() {
  const { clock, store, cache } = fleet({ replicationLag: "5 seconds" });
  const database = { isDown: false };
  const row = defineResource<void, number>({
    name: "row",
    tags: () => [tags.row()],
    ttl: "1 hour",
    staleWhileRevalidate: "1 hour",
    staleIfError: "2 hours",
    jitter: 0,
    consistency: "eventual",
    load: async () => {
      await clock.sleep(2_000);
      if (database.isDown) throw new Error("database down");
      return clock.now();
    },
  });
  const first = cache.get(row, undefined);
  await clock.advance(60_000);
  await first;
  /** Invalidates or expires the row, and loads it again after some time. */
  const changeAndRead = async (change: (cache: Cache) => Promise<void>, afterMs: number) => {
    await change(cache);
    await clock.advance(afterMs);
    const reading = cache.getEntry(row, undefined);
    await clock.advance(2_000);
    return reading;
  };
  return { clock, store, cache, row, database, changeAndRead };
}

const invalidate = (cache: Cache) => cache.invalidate([tags.row()]);
const expire = (cache: Cache) => cache.expire([tags.row()]);

test("a load that begins within the settling window is fresh for a second, however long it takes", async () => {
  const { clock, changeAndRead } = await setup();
  await changeAndRead(invalidate, 0);
  // The window began with that load, which took two seconds; this load ends after the window.
  const { header } = (await changeAndRead(async () => {}, 2_000)).entry;
  expect(header.freshUntilMs - clock.now()).toBe(1_000);
});

test("the settling window begins with the first load after an invalidation, whose time the store does not keep", async () => {
  const { clock, changeAndRead } = await setup();
  const { header } = (await changeAndRead(invalidate, 60_000)).entry;
  expect(header.freshUntilMs - clock.now()).toBe(1_000);
});

test("a load that begins after the settling window is fresh for its whole lifetime", async () => {
  const { clock, changeAndRead } = await setup();
  await changeAndRead(invalidate, 0);
  // The first load took two seconds of the window.
  const { header } = (await changeAndRead(async () => {}, 3_000)).entry;
  expect(header.freshUntilMs - clock.now()).toBe(3_600_000);
});

test("a clock may count fractions of a millisecond", async () => {
  const { clock, changeAndRead } = await setup();
  clock.jump(0.5);
  const { header } = (await changeAndRead(invalidate, 60_000)).entry;
  expect(header.freshUntilMs - clock.now()).toBe(1_000);
});

test("a stamp of unknown age counts as new", async () => {
  const { clock, store, changeAndRead } = await setup();
  const foreign = () => putText(store, "cache:1:tag:row", "1700000000000.of-the-first-edition");
  const { header } = (await changeAndRead(foreign, 60_000)).entry;
  expect(header.freshUntilMs - clock.now()).toBe(1_000);
});

test("a value with unknown value tags is lent, and the next one lives its whole lifetime", async () => {
  const { clock, store, cache } = await setup();
  const named = defineResource<void, Loaded<number>>({
    name: "named",
    tags: () => [],
    ttl: "1 hour",
    jitter: 0,
    consistency: "eventual",
    load: () => new Loaded(clock.now(), { tags: [tags.row()] }),
  });
  // This process knows by now that the value names the row; another process learns it from its first load.
  await cache.get(named, undefined);
  const other = new Cache({ store, clock });
  const livesMs: number[] = [];
  for (let reads = 0; reads < 2; reads += 1) {
    await clock.advance(10_000);
    const { header } = (await other.getEntry(named, undefined)).entry;
    livesMs.push(header.freshUntilMs - header.createdMs);
  }
  expect(livesMs).toEqual([1_000, 3_600_000]);
});

test("an expiry opens the settling window as an invalidation does", async () => {
  const { clock, changeAndRead } = await setup();
  const { header } = (await changeAndRead(expire, 4_000)).entry;
  expect(header.freshUntilMs - clock.now()).toBe(1_000);
});

test("a deletion opens the settling window of its entry", async () => {
  const { clock, row, changeAndRead } = await setup();
  const { header } = (await changeAndRead((cache) => cache.invalidate(row, undefined), 4_000))
    .entry;
  expect(header.freshUntilMs - clock.now()).toBe(1_000);
});

test("a lent value is served neither as stale after its second nor in place of a failed load", async () => {
  const { clock, cache, row, database, changeAndRead } = await setup();
  await changeAndRead(invalidate, 4_000);
  await clock.advance(1_000);
  database.isDown = true;
  const answer = cache.get(row, undefined).catch((error: Error) => error.message);
  await clock.advance(10_000);
  expect(await answer).toBe("database down");
});

import { expect, test } from "vitest";
import { defineResource, defineTags } from "@algoitny/cache";
import { unreliableFleet, valueSoFar } from "../../support/unreliable-fleet.ts";

const tags = defineTags({ row: () => [] });

/** A process whose requests fail on demand, and another one over the same store. */
function unreliable() {
  const fleet = unreliableFleet();
  const database = { value: "old" };
  const row = defineResource<void, string>({
    name: "row",
    tags: () => [tags.row()],
    ttl: "1 hour",
    load: () => database.value,
  });
  return { ...fleet, row, database };
}

/** A process whose breaker is open although the store answers again. */
async function openBreaker() {
  const parts = unreliable();
  const { cache, other, row, turn } = parts;
  await other.get(row, undefined);
  turn("refused");
  for (let read = 0; read < 5; read += 1) await cache.get(row, undefined);
  turn("none");
  expect((await cache.getEntry(row, undefined)).detail).toBe("store-unreachable");
  return parts;
}

test("the error of a call that the open breaker refuses contains the error that opened it", async () => {
  const { cache } = await openBreaker();
  await expect(cache.check()).rejects.toThrow(
    /^store_failed: lease: not tried, the store keeps failing \(\w+.*\)$/,
  );
});

const VERBS = {
  invalidate: ({ cache }: Opened) => cache.invalidate([tags.row()]),
  expire: ({ cache }: Opened) => cache.expire([tags.row()]),
  delete: ({ cache, row }: Opened) => cache.invalidate(row, undefined),
  "invalidate by a pattern": ({ cache }: Opened) => cache.invalidatePattern("row:al*"),
};
type Opened = Awaited<ReturnType<typeof openBreaker>>;

test.for(Object.entries(VERBS))("an open breaker does not refuse to %s", async ([, verb]) => {
  const opened = await openBreaker();
  opened.database.value = "new";
  await expect(verb(opened).then(() => "done")).resolves.toBe("done");
  expect(await opened.other.get(opened.row, undefined)).toBe("new");
});

test("a breaker that opens during an invalidation by a pattern does not stop its SCAN", async () => {
  const parts = unreliable();
  const { other, row, turn, database } = parts;
  await other.get(row, undefined);
  // The stamp of `getOrSet` is already gone; only the walk finds entries of a resource that the cache was not given.
  const onInvalidate = async () => {
    turn("refused");
    for (let read = 0; read < 5; read += 1) await cache.get(row, undefined);
    turn("none");
  };
  const cache = parts.connect({ onInvalidate });
  const walking = cache.invalidatePattern("*");
  database.value = "new";
  expect(await walking.catch((error: unknown) => error)).toEqual({
    resources: ["kv"],
    entries: 1,
  });
  expect(await other.get(row, undefined)).toBe("new");
});

test("a half-open breaker lets one call through, and others only once that call has succeeded", async () => {
  const { clock, cache, row, requests, holdRequest } = await openBreaker();
  await clock.advance(5_000);
  requests.length = 0;
  const probe = holdRequest("mget");
  const first = cache.getEntry(row, undefined);
  await probe.reached;
  expect((await cache.getEntry(row, undefined)).detail).toBe("store-unreachable");
  probe.release();
  expect((await first).status).toBe("hit");
  expect((await cache.getEntry(row, undefined)).status).toBe("hit");
});

test("a probe that fails keeps the breaker open for another full period", async () => {
  const { clock, cache, row, requests, turn } = await openBreaker();
  await clock.advance(5_000);
  turn("refused");
  await cache.get(row, undefined);
  turn("none");
  await clock.advance(4_999);
  requests.length = 0;
  await cache.get(row, undefined);
  expect(requests).toEqual([]);
  await clock.advance(1);
  expect((await cache.getEntry(row, undefined)).status).toBe("hit");
});

test("an open breaker tries the store again in time although the clock was set back", async () => {
  const { clock, cache, row } = await openBreaker();
  clock.jump(-3_600_000);
  expect((await cache.getEntry(row, undefined)).detail).toBeUndefined();
});

test("failures among successes do not open the breaker", async () => {
  const { cache, row, turn } = unreliable();
  for (let round = 0; round < 5; round += 1) {
    turn("refused");
    await cache.get(row, undefined);
    turn("none");
    await cache.get(row, undefined);
  }
  expect((await cache.getEntry(row, undefined)).status).toBe("hit");
});

test("batches in which every element fails open the breaker", async () => {
  const { cache, row, turn, requests } = unreliable();
  turn("partial", "lease");
  const rows = ["a", "b", "c", "d", "e"].map((name) => ({ ...row, keyFor: () => `row:${name}` }));
  await Promise.all(rows.map((each) => cache.getMany(each, [undefined])));
  requests.length = 0;
  await cache.get(row, undefined);
  expect(requests).toEqual([]);
});

test("a call to a store that does not answer fails after the time limit", async () => {
  const { clock, cache, row, turn } = unreliable();
  turn("swallowed");
  const reading = cache.getEntry(row, undefined);
  await clock.advance(500);
  expect(await valueSoFar(reading)).toMatchObject({ detail: "store-unreachable" });
});

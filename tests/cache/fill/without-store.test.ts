import { expect, test, vi } from "vitest";
import { type CacheEntry, defineResource, Loaded, type ResourceOptions } from "@algoitny/cache";
import { refreshDue } from "../../support/refresh-due.ts";
import { unreliableFleet, valueSoFar } from "../../support/unreliable-fleet.ts";

/** A process whose requests fail on demand, and a row whose entry in the store has expired. */
async function setup(
  options: Partial<ResourceOptions<{ id: number }, string, void>> = {},
  maxLoadsWithoutStore = 20,
) {
  const fleet = unreliableFleet({ maxLoadsWithoutStore });
  const load = vi.fn<() => string | Promise<string>>(() => "old");
  const row = defineResource<{ id: number }, string>({
    name: "row",
    key: ({ id }) => `${id}`,
    ttl: "10 seconds",
    jitter: 0,
    ...options,
    load,
  });
  await fleet.other.get(row, { id: 1 });
  await fleet.clock.advance(15_000);
  load.mockClear();
  return { ...fleet, row, load };
}

test("when no lease can be requested, a stale value is served without a load", async () => {
  const { cache, row, load, turn } = await setup({ staleWhileRevalidate: "1 hour" });
  turn("refused", "lease");
  expect(await cache.getEntry(row, { id: 1 })).toMatchObject({ status: "stale" });
  expect(load).not.toHaveBeenCalled();
});

test("when no lease can be requested and the load fails, the fallback is served", async () => {
  const { cache, row, load, turn } = await setup({ staleIfError: "1 hour" });
  turn("refused", "lease");
  load.mockRejectedValueOnce(new Error("database down"));
  expect(await cache.get(row, { id: 1 }).catch((error: Error) => error.message)).toBe("old");
});

test("the fallback can still be served when the store goes down while a read waits", async () => {
  const { clock, cache, other, row, load, turn } = await setup({ staleIfError: "1 hour" });
  load.mockReturnValueOnce(new Promise(() => undefined));
  void other.get(row, { id: 1 });
  await clock.advance(0);
  const waiting = cache.get(row, { id: 1 }).catch((error: Error) => error.message);
  await clock.advance(0);
  turn("refused");
  load.mockRejectedValueOnce(new Error("database down"));
  await clock.advance(1_000);
  expect(await valueSoFar(waiting)).toBe("old");
});

test("a batch without the store loads equal keys once", async () => {
  const { cache, row, load, turn } = await setup();
  turn("refused");
  expect(await cache.getMany(row, [{ id: 2 }, { id: 2 }])).toEqual(["old", "old"]);
  expect(load).toHaveBeenCalledTimes(1);
});

test("a batch without the store waits for a read's load before it loads itself", async () => {
  const { clock, cache, row, load, turn } = await setup();
  turn("refused");
  const slow = Promise.withResolvers<string>();
  load.mockReturnValueOnce(slow.promise);
  const first = cache.get(row, { id: 2 });
  await clock.advance(0);
  const batch = cache.getMany(row, [{ id: 2 }]);
  await clock.advance(0);
  expect(load).toHaveBeenCalledTimes(1);
  slow.resolve("value");
  await clock.advance(0);
  expect([await first, ...(await batch)]).toEqual(["value", "old"]);
});

test("a refresh whose lease cannot be requested fails, and loads nothing", async () => {
  const { cache, row, load, turn } = await setup();
  turn("refused", "lease");
  const failure = expect.objectContaining({ code: "store_failed" });
  expect(await cache.warm(row, [{ id: 1 }], { source: undefined })).toEqual([failure]);
  expect(load).not.toHaveBeenCalled();
});

test("a refresh skips an entry that a read is loading without a lease", async () => {
  const { clock, cache, row, load, turn } = await setup();
  const slow = Promise.withResolvers<string>();
  load.mockReturnValueOnce(slow.promise);
  turn("refused", "lease");
  const reading = cache.get(row, { id: 2 });
  await clock.advance(0);
  turn("none");
  expect(await refreshDue(cache, row, { id: 2 })).toBe("busy");
  expect(load).toHaveBeenCalledTimes(1);
  slow.resolve("value");
  expect(await reading).toBe("value");
});

test("when one commit of a batch fails, every value is served and the others are stored", async () => {
  const { cache, row, turn } = await setup();
  turn("partial", "commit");
  expect(await cache.getMany(row, [{ id: 2 }, { id: 3 }])).toEqual(["old", "old"]);
  turn("none");
  expect((await cache.getEntry(row, { id: 3 })).status).toBe("hit");
});

test("a store that refuses every commit of a batch gets no requests to release its leases", async () => {
  const { cache, row, turn, requests } = await setup();
  turn("refused", "commit");
  expect(await cache.getMany(row, [{ id: 2 }, { id: 3 }])).toEqual(["old", "old"]);
  expect(requests).toEqual(["mget", "lease", "commit"]);
});

test("a read that stops waiting for its turn passes the turn to the next one", async () => {
  const { clock, cache, row, load, turn } = await setup({}, 1);
  turn("refused");
  const slow = Promise.withResolvers<string>();
  load.mockReturnValueOnce(slow.promise);
  const first = cache.get(row, { id: 2 });
  await clock.advance(0);
  const endMs = clock.now() + 1_100;
  const hasty = { source: undefined, remainingMs: () => endMs - clock.now() };
  const second = cache.get(row, { id: 3 }, hasty).catch((error: Error) => error.message);
  await clock.advance(1_000);
  expect(await second).toContain("too many loads at once");
  slow.resolve("value");
  await first;
  const third = cache.get(row, { id: 4 });
  await clock.advance(0);
  expect(await valueSoFar(third)).toBe("old");
});

/** Derived values and their parts, in a process without its store that runs two loads at a time. */
function setupParts() {
  const { cache, clock, turn } = unreliableFleet({ maxLoadsWithoutStore: 2 });
  turn("refused");
  let running = 0;
  let most = 0;
  const part = defineResource<{ id: number }, string>({
    name: "part",
    key: ({ id }) => `${id}`,
    ttl: "1 minute",
    load: async ({ id }) => {
      most = Math.max(most, (running += 1));
      await clock.sleep(10);
      running -= 1;
      return `part ${id}`;
    },
  });
  const begin = Promise.withResolvers<void>();
  const whole = defineResource<{ id: number; parts: number[] }, string>({
    name: "whole",
    key: ({ id }) => `${id}`,
    ttl: "1 minute",
    load: async ({ parts }) => {
      await begin.promise;
      const from: CacheEntry<string>[] = await Promise.all(
        parts.map((id) => cache.getEntry(part, { id })),
      );
      const values = await Promise.all(from.map((entry) => entry.value()));
      return new Loaded(values.join(", "), { from });
    },
  });
  return { cache, clock, part, whole, begin: () => begin.resolve(), mostParts: () => most };
}

test("a load without the store does not wait for its own parts that stand in line behind it", async () => {
  const { cache, clock, whole, begin } = setupParts();
  const reads = [1, 2, 3].map((id) => cache.get(whole, { id, parts: [id] }));
  begin();
  await clock.advance(50);
  expect(await Promise.all(reads.map(valueSoFar))).toEqual(["part 1", "part 2", "part 3"]);
});

test("a part that stands in line for another read is let through for a running load that needs it", async () => {
  const { cache, clock, part, whole, begin } = setupParts();
  const wholes = [1, 2].map((id) => cache.get(whole, { id, parts: [9] }));
  await clock.advance(0);
  const own = cache.get(part, { id: 9 });
  await clock.advance(0);
  begin();
  await clock.advance(50);
  expect(await Promise.all([...wholes, own].map(valueSoFar))).toEqual([
    "part 9",
    "part 9",
    "part 9",
  ]);
});

test("the number of parts that load at once without the store is limited too", async () => {
  const { cache, clock, whole, begin, mostParts } = setupParts();
  const reads = [
    cache.get(whole, { id: 1, parts: [1, 2, 3] }),
    cache.get(whole, { id: 2, parts: [4, 5] }),
  ];
  begin();
  await clock.advance(100);
  await Promise.all(reads);
  expect(mostParts()).toBe(2);
});

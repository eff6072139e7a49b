import { expect, test, vi } from "vitest";
import { defineResource, type ResourceOptions } from "@algoitny/cache";
import { refreshDue } from "../../support/refresh-due.ts";
import { unreliableFleet, valueSoFar } from "../../support/unreliable-fleet.ts";

/** A process whose requests fail on demand, and a row that has ended in the store. */
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

test("when no lease can be asked for, a stale value is served and nothing loaded", async () => {
  const { cache, row, load, turn } = await setup({ staleWhileRevalidate: "1 hour" });
  turn("refused", "lease");
  expect(await cache.getEntry(row, { id: 1 })).toMatchObject({ status: "stale" });
  expect(load).not.toHaveBeenCalled();
});

test("when no lease can be asked for and the load fails, what stands in is served", async () => {
  const { cache, row, load, turn } = await setup({ staleIfError: "1 hour" });
  turn("refused", "lease");
  load.mockRejectedValueOnce(new Error("database down"));
  expect(await cache.get(row, { id: 1 }).catch((error: Error) => error.message)).toBe("old");
});

test("what can stand in is still known when the store goes down while a read waits", async () => {
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

test("a batch without the store joins the load of a read", async () => {
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

test("a refresh whose lease cannot be asked for is a failure, and loads nothing", async () => {
  const { cache, row, load, turn } = await setup();
  turn("refused", "lease");
  const failure = expect.objectContaining({ code: "store_failed" });
  expect(await cache.warm(row, [{ id: 1 }], { source: undefined })).toEqual([failure]);
  expect(load).not.toHaveBeenCalled();
});

test("what a read is loading without a lease is left to it by a refresh", async () => {
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

test("in a batch of which one commit fails, every value is served and the others are stored", async () => {
  const { cache, row, turn } = await setup();
  turn("partial", "commit");
  expect(await cache.getMany(row, [{ id: 2 }, { id: 3 }])).toEqual(["old", "old"]);
  turn("none");
  expect((await cache.getEntry(row, { id: 3 })).status).toBe("hit");
});

test("a store that takes nothing of a batch is spared a request for each of its leases", async () => {
  const { cache, row, turn, requests } = await setup();
  turn("refused", "commit");
  expect(await cache.getMany(row, [{ id: 2 }, { id: 3 }])).toEqual(["old", "old"]);
  expect(requests).toEqual(["mget", "lease", "commit"]);
});

test("a read that gives up waiting for its turn does not keep it from the next one", async () => {
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

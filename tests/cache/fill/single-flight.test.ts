import { expect, test, vi } from "vitest";
import { Cache, type Clock, defineResource, defineTags } from "@algoitny/cache";
import { overNetwork } from "@algoitny/cache/testing";
import { holdLoads } from "../../support/held-loads.ts";
import { fleet, gate } from "../../support/test-cache.ts";

const tags = defineTags({ row: () => [] });

function setup(load: () => unknown, instances: number) {
  const { clock, instance } = fleet();
  const loader = vi.fn(load);
  const row = defineResource({
    name: "row",
    tags: () => [tags.row()],
    ttl: "1 minute",
    load: loader,
  });
  return { clock, row, load: loader, caches: Array.from({ length: instances }, instance) };
}

test("fifty instances with twenty readers each load a missing value once", async () => {
  const slow = gate<string>();
  const { clock, row, load, caches } = setup(() => slow.promise, 50);
  const reads = caches.flatMap((cache) =>
    Array.from({ length: 20 }, () => cache.get(row, undefined)),
  );
  await clock.advance(100);
  slow.resolve("value");
  await clock.advance(2_000);
  expect(new Set(await Promise.all(reads))).toEqual(new Set(["value"]));
  expect(load).toHaveBeenCalledTimes(1);
});

test("a read that starts after an invalidation does not get the value of a load that began before", async () => {
  const { load: held, loads } = holdLoads<string>();
  const { clock, row, caches } = setup(held, 1);
  const [cache] = caches as [(typeof caches)[0]];
  const before = cache.get(row, undefined);
  await clock.advance(0);
  await cache.invalidate([tags.row()]);
  const after = cache.get(row, undefined);
  await clock.advance(0);
  loads(0).resolve("old");
  loads(1).resolve("new");
  expect([await before, await after]).toEqual(["old", "new"]);
  expect(await cache.get(row, undefined)).toBe("new");
});

test("the late commit of a leader that was frozen past its lease is refused", async () => {
  const { load: held, loads } = holdLoads<string>();
  const { clock, row, caches } = setup(held, 2);
  const [frozen, other] = caches as [(typeof caches)[0], (typeof caches)[0]];
  const late = frozen.getEntry(row, undefined);
  await clock.advance(0);
  clock.jump(6_000);
  loads(1).resolve("by the other");
  expect(await other.get(row, undefined)).toBe("by the other");
  loads(0).resolve("by the frozen");
  const reading = await late;
  expect([reading.stored, reading.detail, await reading.value()]).toEqual([
    false,
    "fill-refused",
    "by the frozen",
  ]);
  expect(await frozen.get(row, undefined)).toBe("by the other");
});

test("when a leader's load fails, one of the waiting readers takes over", async () => {
  const { load: held, loads } = holdLoads<string>();
  const { clock, row, load, caches } = setup(held, 3);
  const [first, ...others] = caches.map((cache) => cache.get(row, undefined));
  const failure = expect(first).rejects.toThrow("no connection");
  await clock.advance(0);
  loads(0).reject(new Error("no connection"));
  loads(1).resolve("value");
  await failure;
  await clock.advance(2_000);
  expect(await Promise.all(others)).toEqual(["value", "value"]);
  expect(load).toHaveBeenCalledTimes(2);
});

test("a read that waits too long for another instance loads by itself and stores nothing", async () => {
  const { clock, row, load, caches } = setup(
    () => (load.mock.calls.length === 1 ? gate().promise : "own"),
    2,
  );
  const [dead, waiting] = caches as [(typeof caches)[0], (typeof caches)[0]];
  void dead.get(row, undefined).catch(() => undefined);
  await clock.advance(0);
  const reading = waiting.getEntry(row, undefined, { remainingMs: () => 2_100 });
  await clock.advance(1_000);
  expect([(await reading).status, (await reading).stored, await (await reading).value()]).toEqual([
    "bypass",
    false,
    "own",
  ]);
});

test.for(["get", "getMany"] as const)(
  "a reader (%s) that was frozen while it waited looks once more before it loads by itself",
  async (verb) => {
    const slow = gate<string>();
    const { clock, store, cache: leader } = fleet();
    const load = vi.fn(() => slow.promise);
    const row = defineResource<void, string>({ name: "row", ttl: "1 hour", load });
    const replies: Promise<void>[] = [];
    const wrap = () => overNetwork(store, { reply: async () => replies.shift() });
    let frozenMs = 0;
    const { monotonic, sleep } = clock;
    const ownClock: Clock = { now: () => clock.now() + frozenMs, monotonic, sleep };
    const cache = new Cache({ store: wrap(), clock: ownClock, random: () => 0.5 });
    const leading = leader.get(row, undefined);
    await clock.advance(0);
    // Its first look, its lease request, and the look that is answered while it is frozen.
    const frozen = gate();
    replies.push(Promise.resolve(), Promise.resolve(), frozen.promise);
    const reading =
      verb === "get"
        ? cache.get(row, undefined)
        : cache.getMany(row, [undefined]).then(([value]) => value);
    await clock.advance(20);
    expect(replies).toEqual([]);
    frozenMs = 15 * 60_000;
    slow.resolve("loaded");
    await leading;
    frozen.resolve();
    await clock.advance(1_000);
    expect(await reading).toBe("loaded");
    expect(load).toHaveBeenCalledTimes(1);
  },
);

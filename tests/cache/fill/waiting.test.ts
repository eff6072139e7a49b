import { describe, expect, test } from "vitest";
import { defineResource, type ResourceOptions, subscribe } from "@algoitny/cache";
import { refreshDue } from "../../support/refresh-due.ts";
import { holdLoads } from "../../support/held-loads.ts";
import { fleet } from "../../support/test-cache.ts";
import { unreliableFleet, valueSoFar } from "../../support/unreliable-fleet.ts";

type Setup = ReturnType<typeof setup>;

/** Two processes over one store; each load is answered by the test. */
function setup(options: Partial<ResourceOptions<void, string, void>> = {}) {
  const { cache, ...others } = unreliableFleet();
  const { load, loads } = holdLoads<string>();
  const row = defineResource<void, string>({
    name: "row",
    ttl: "10 seconds",
    jitter: 0,
    ...options,
    load,
  });
  return { ...others, cache, row, load, loads };
}

/** Stores a value through the other process, and lets its lifetime end. */
async function storeOld({ clock, other, row, loads }: Setup): Promise<void> {
  const first = other.get(row, undefined);
  await clock.advance(0);
  loads(0).resolve("old");
  await first;
  await clock.advance(15_000);
}

const READS = {
  get: ({ cache, row }: Setup) => cache.get(row, undefined),
  getMany: async ({ cache, row }: Setup) => (await cache.getMany(row, [undefined]))[0],
};

describe.for(Object.entries(READS))("with %s", ([, read]) => {
  test("a waiting read takes the lease over when the load of the other process has failed", async () => {
    const parts = setup();
    const { clock, other, row, loads } = parts;
    const leader = other.get(row, undefined);
    await clock.advance(0);
    const waiting = read(parts);
    await clock.advance(0);
    loads(0).reject(new Error("database down"));
    await expect(leader).rejects.toThrow("database down");
    await clock.advance(1_000);
    loads(1).resolve("value");
    await clock.advance(0);
    expect(await valueSoFar(waiting)).toBe("value");
  });

  test("after a failed load, the fallback is served without another load for a while", async () => {
    const parts = setup({ staleIfError: "1 hour" });
    const { clock, other, row, load, loads } = parts;
    await storeOld(parts);
    const leader = other.get(row, undefined);
    await clock.advance(0);
    loads(1).reject(new Error("database down"));
    expect(await leader).toBe("old");
    const waiting = read(parts);
    await clock.advance(1_000);
    expect(await valueSoFar(waiting)).toBe("old");
    expect(load).toHaveBeenCalledTimes(2);
  });

  test("a stale value is served at once while another process refreshes it", async () => {
    const parts = setup({ staleWhileRevalidate: "1 hour" });
    const { clock, other, row, loads } = parts;
    await storeOld(parts);
    const leader = other.get(row, undefined);
    await clock.advance(0);
    const stale = read(parts);
    await clock.advance(0);
    expect(await valueSoFar(stale)).toBe("old");
    loads(1).resolve("new");
    expect(await leader).toBe("new");
  });
});

test("a read that waits for another process reserves half of its request's time for its own load", async () => {
  const { clock, cache, other, row, loads } = setup();
  void other.get(row, undefined).catch(() => undefined);
  await clock.advance(0);
  const endMs = clock.now() + 4_100;
  const options = { source: undefined, remainingMs: () => endMs - clock.now() };
  const waiting = cache.get(row, undefined, options).catch((error: Error) => error.message);
  await clock.advance(2_000);
  loads(1).resolve("own");
  await clock.advance(0);
  expect(await valueSoFar(waiting)).toBe("own");
});

test("a read that waits too long for a load of the same process loads by itself", async () => {
  const { clock, cache, row, loads } = setup({ hardTimeout: "1 minute" });
  void cache.get(row, undefined);
  await clock.advance(0);
  const waiting = cache.get(row, undefined).catch((error: Error) => error.message);
  await clock.advance(5_000);
  loads(1).resolve("own");
  await clock.advance(0);
  expect(await valueSoFar(waiting)).toBe("own");
});

test("a read does not fail because a load that it joined has failed: it loads itself", async () => {
  const { clock, cache, row, loads } = setup();
  const first = cache.get(row, undefined).catch((error: Error) => error.message);
  await clock.advance(0);
  const second = cache.get(row, undefined).catch((error: Error) => error.message);
  await clock.advance(0);
  loads(0).reject(new Error("database down"));
  await clock.advance(1_000);
  loads(1).resolve("value");
  await clock.advance(0);
  expect([await valueSoFar(first), await valueSoFar(second)]).toEqual(["database down", "value"]);
});

test("a failure that is repeated is shared: joined readers do not all load in turn", async () => {
  const { clock, cache, row, load, loads } = setup();
  let misses = 0;
  const unsubscribe = subscribe(({ type }) => (misses += type === "miss" ? 1 : 0));
  for (const number of [0, 1, 2]) void loads(number).promise.catch(() => undefined);
  const reads = Array.from({ length: 10 }, () =>
    cache.get(row, undefined).catch((error: Error) => error.message),
  );
  await clock.advance(0);
  loads(0).reject(new Error("first"));
  await clock.advance(0);
  loads(1).reject(new Error("second"));
  await clock.advance(0);
  expect(await Promise.all(reads.map(valueSoFar))).toEqual(["first", ...Array(9).fill("second")]);
  unsubscribe();
  expect(misses).toBe(10);
  expect(load).toHaveBeenCalledTimes(2);
});

test("readers that joined a load which took too long share the next load", async () => {
  const { clock, cache, row, load, loads } = setup({ hardTimeout: "1 second" });
  const first = cache.get(row, undefined).catch((error: Error) => error.message);
  await clock.advance(0);
  const joined = Array.from({ length: 10 }, () => cache.get(row, undefined));
  await clock.advance(1_000);
  loads(1).resolve("value");
  await clock.advance(0);
  expect(await valueSoFar(first)).toContain("load_timeout");
  expect(await Promise.all(joined.map(valueSoFar))).toEqual(Array(10).fill("value"));
  expect(load).toHaveBeenCalledTimes(2);
});

test("a read that joined a load reports no load time", async () => {
  const { clock, cache, row, loads } = setup();
  const first = cache.getEntry(row, undefined);
  await clock.advance(900);
  const second = cache.getEntry(row, undefined);
  await clock.advance(100);
  loads(0).resolve("value");
  expect(await first).toMatchObject({ stored: true, loadMs: 1_000, storeMs: 0 });
  expect(await second).toMatchObject({ stored: false, loadMs: undefined, storeMs: 100 });
});

test("an entry from the reply to the lease request is a hit", async () => {
  const { clock, cache, other, row, loads, holdReply } = setup({ staleWhileRevalidate: "1 hour" });
  const look = holdReply("mget");
  const reading = cache.getEntry(row, undefined);
  await look.reached;
  const leader = other.get(row, undefined);
  await clock.advance(0);
  loads(0).resolve("value");
  await leader;
  look.release();
  expect(await reading).toMatchObject({ status: "hit", collapsed: true });
});

test("an unusable entry from the reply to the lease request is replaced at once", async () => {
  const { clock, cache, other, row, loads, holdReply } = setup();
  const look = holdReply("mget");
  const reading = cache.get(row, undefined);
  await look.reached;
  const leader = other.get(row, undefined);
  await clock.advance(0);
  loads(0).resolve("old");
  await leader;
  await other.invalidate([row.tag]);
  look.release();
  loads(1).resolve("new");
  await clock.advance(0);
  expect(await valueSoFar(reading)).toBe("new");
});

test("reads that share a load get separate objects: each caller may change its own", async () => {
  const { clock, cache } = setup();
  const list = defineResource<void, number[]>({
    name: "list",
    ttl: "1 minute",
    load: async () => {
      await clock.sleep(10);
      return [1];
    },
  });
  const reads = [cache.get(list, undefined), cache.get(list, undefined)];
  await clock.advance(10);
  const [first, second] = await Promise.all(reads);
  first?.push(2);
  expect(second).toEqual([1]);
});

test("without a stale value, a load goes on after its soft limit", async () => {
  const { clock, cache, row, loads } = setup({
    staleWhileRevalidate: "1 hour",
    softTimeout: "1 second",
  });
  const reading = cache.get(row, undefined).catch((error: Error) => error.message);
  await clock.advance(2_000);
  loads(0).resolve("value");
  expect(await reading).toBe("value");
});

test("a refresh of an entry that is being loaded returns busy at once", async () => {
  const { clock, cache, row } = setup();
  void cache.get(row, undefined).catch(() => undefined);
  await clock.advance(0);
  const refresh = refreshDue(cache, row, undefined);
  await clock.advance(0);
  expect(await valueSoFar(refresh)).toBe("busy");
});

test("when an instance dies in its first load, the waiting ones load once more, and store that value", async () => {
  const { clock, instance } = fleet();
  let loads = 0;
  const row = defineResource<void, string>({
    name: "row",
    ttl: "1 hour",
    load: async () => {
      loads += 1;
      if (loads === 1) return new Promise<never>(() => undefined);
      await clock.sleep(100);
      return "value";
    },
  });
  void instance()
    .get(row)
    .catch(() => undefined);
  await clock.advance(0);
  const readers = Array.from({ length: 30 }, async (_, index) => {
    await clock.sleep(3 * index);
    return instance().get(row);
  });
  await clock.advance(11_000);
  expect(new Set(await Promise.all(readers.map(valueSoFar)))).toEqual(new Set(["value"]));
  expect(loads).toBe(2);
});

import { expect, test, vi } from "vitest";
import { defineResource, type CacheEvent, subscribe } from "@algoitny/cache";
import { overNetwork } from "@algoitny/cache/testing";
import { refreshDue } from "../../support/refresh-due.ts";
import { fleet, gate } from "../../support/test-cache.ts";

/** A view whose load takes 1 s and whose entry is then fresh for a minute. */
async function setup({ random }: { random: () => number }) {
  const parts = fleet({ random });
  const { clock } = parts;
  const load = vi.fn(async () => {
    await clock.sleep(1_000);
    return load.mock.calls.length;
  });
  const row = defineResource({ name: "row", ttl: "1 minute", jitter: 0, load });
  const filling = parts.cache.get(row, undefined);
  await clock.advance(1_000);
  await filling;
  return { ...parts, load, row };
}

// Time before the end at which this random number triggers an early refresh, by the formula, for a load of 1,000 ms.
test.for([
  [0.5, 693],
  [0.1, 2_302],
  [0.001, 6_907],
  [0.999, 1],
])(
  "with the random number %d, an entry is refreshed from %d ms before its end on",
  async ([random, ms]) => {
    const { cache, clock, load, row } = await setup({ random: () => random as number });
    clock.jump(60_000 - (ms as number) - 1);
    expect((await cache.getEntry(row, undefined)).status).toBe("hit");
    expect(load).toHaveBeenCalledTimes(1);
    clock.jump(1);
    const reading = cache.getEntry(row, undefined);
    await clock.advance(1_000);
    expect((await reading).stored).toBe(true);
    expect(load).toHaveBeenCalledTimes(2);
  },
);

test("only the reader that gets the lease refreshes early; all others are served the fresh entry", async () => {
  const { instance, clock, load, row } = await setup({ random: () => 0.001 });
  clock.jump(55_000);
  const reads = Array.from({ length: 20 }, () => instance().getEntry(row, undefined));
  await clock.advance(1_000);
  const statuses = (await Promise.all(reads)).map(({ status }) => status);
  expect(statuses.filter((status) => status === "miss")).toHaveLength(1);
  expect(load).toHaveBeenCalledTimes(2);
});

test.for([
  ["another process refreshes", "none"],
  ["no lease can be asked for", "refused"],
] as const)(
  "a read that does not refresh early because %s reports a hit, not a stale entry",
  async ([, fault]) => {
    const { store, instance, clock, load, row } = await setup({ random: () => 0.001 });
    clock.jump(55_000);
    if (fault === "none") void instance().get(row, undefined);
    await clock.advance(0);
    load.mockClear();
    const faulty = { fault: (name: string) => (name === "lease" ? fault : "none") };
    const { cache } = fleet({ wrap: () => overNetwork(store, faulty), clock, random: () => 0.001 });
    const events: CacheEvent["type"][] = [];
    const unsubscribe = subscribe(({ type }) => events.push(type));
    const reading = await cache.getEntry(row, undefined);
    unsubscribe();
    expect(reading).toMatchObject({ status: "hit", detail: "early-refresh" });
    expect(load).not.toHaveBeenCalled();
    expect(events.filter((type) => ["hit", "stale", "miss"].includes(type))).toEqual(["hit"]);
  },
);

test.for([
  [0, 54_000],
  [0.5, 60_000],
  [0.999_999, 66_000],
])(
  "with the random number %d, jitter of a tenth lets a minute last %d ms",
  async ([random, ms]) => {
    const { cache } = fleet({ random: () => random as number });
    const row = defineResource({ name: "row", ttl: "1 minute", jitter: 0.1, load: () => 1 });
    const { entry } = await cache.getEntry(row, undefined);
    const { freshUntilMs, createdMs, loadMs } = entry.header;
    expect(freshUntilMs - createdMs - loadMs).toBe(ms);
  },
);

test("a read whose early refresh hangs ends, and serves the fresh entry", async () => {
  const { cache, clock, load, row } = await setup({ random: () => 0.001 });
  load.mockImplementationOnce(() => gate<number>().promise);
  clock.jump(55_000);
  const reading = cache.getEntry(row, undefined);
  await clock.advance(10_000);
  expect(await reading).toMatchObject({ status: "hit", detail: "early-refresh" });
});

test("a read that joins a failing early refresh is served the entry that was fresh when both began, as a hit", async () => {
  const { store, clock, row, load } = await setup({ random: () => 0.001 });
  const slow = gate<number>();
  load.mockImplementationOnce(() => slow.promise);
  clock.jump(59_990);
  // The second read's look is answered after the entry's lifetime.
  const late = gate();
  const replies = [Promise.resolve(), late.promise];
  const wrap = () => overNetwork(store, { reply: async () => replies.shift() });
  const { cache } = fleet({ wrap, clock, random: () => 0.001 });
  const reads = [cache.getEntry(row, undefined), cache.getEntry(row, undefined)];
  await clock.advance(20);
  late.resolve();
  await clock.advance(0);
  slow.reject(new Error("database down"));
  for (const reading of await Promise.all(reads))
    expect([reading.status, reading.detail, await reading.value()]).toEqual([
      "hit",
      "early-refresh",
      1,
    ]);
});

test("a failed load of a refresh ahead of time is reported, although the old entry can be served", async () => {
  const { cache, instance, clock, row, load } = await setup({ random: () => 0.001 });
  load.mockImplementation(() => Promise.reject(new Error("database down")));
  clock.jump(55_000);
  await expect(refreshDue(instance({ resources: [row] }), row, undefined)).rejects.toThrow(
    "load_failed: row:all",
  );
  expect((await cache.getEntry(row, undefined)).status).toBe("hit");
});

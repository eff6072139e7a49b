import { expect, test } from "vitest";
import { defineResource, type RefreshTask } from "@algoitny/cache";
import { refreshDue } from "../../support/refresh-due.ts";
import { fleet } from "../../support/test-cache.ts";

/** A stale row, and a cache that hands refreshes to `defer`. */
async function setup(defer: (task: RefreshTask) => Promise<void>) {
  const { clock, cache } = fleet({ enqueueRefresh: defer });
  let version = 0;
  const row = defineResource({
    name: "row",
    ttl: "10 seconds",
    staleWhileRevalidate: "1 minute",
    jitter: 0,
    load: () => (version += 1),
  });
  await cache.get(row, undefined);
  clock.jump(15_000);
  return { clock, cache, row };
}

test("a stale entry is served while its refresh waits in a queue", async () => {
  const tasks: RefreshTask[] = [];
  const { cache, row } = await setup(async (task) => void tasks.push(task));
  expect(await cache.get(row, undefined)).toBe(1);
  expect(tasks).toEqual([expect.objectContaining({ resource: "row", key: "row:all" })]);
  expect(await refreshDue(cache, row, undefined)).toBe("refreshed");
  expect(await cache.get(row, undefined)).toBe(2);
});

test("equal keys of a batch ask for one refresh", async () => {
  const tasks: RefreshTask[] = [];
  const { cache, row } = await setup(async (task) => void tasks.push(task));
  expect(await cache.getMany(row, [undefined, undefined])).toEqual([1, 1]);
  expect(tasks).toHaveLength(1);
});

test("a held entry that is stale is looked up in the store first, where another process may have stored a newer one", async () => {
  const tasks: RefreshTask[] = [];
  const { clock, cache, instance } = fleet({
    enqueueRefresh: async (task) => void tasks.push(task),
  });
  let version = 0;
  const row = defineResource<void, number>({
    name: "row",
    ttl: "10 seconds",
    staleWhileRevalidate: "1 minute",
    jitter: 0,
    l1: true,
    load: () => (version += 1),
  });
  await cache.get(row, undefined);
  clock.jump(15_000);
  await instance().warm(row, [undefined], { source: undefined });
  expect(await cache.get(row, undefined)).toBe(2);
  expect(tasks).toEqual([]);
});

test("a queue that fails leaves the refresh to the reader", async () => {
  const { cache, row } = await setup(() => Promise.reject(new Error("queue is full")));
  expect(await cache.get(row, undefined)).toBe(2);
});

test("a queue that hangs is waited for one second, and for half of what the request has left", async () => {
  const { clock, cache, row } = await setup(() => new Promise<void>(() => undefined));
  const endMs = clock.now() + 400;
  const short = cache.get(row, undefined, { remainingMs: () => endMs - clock.now() });
  const long = cache.get(row, undefined);
  await clock.advance(400);
  expect(await short).toBe(2);
  await clock.advance(600);
  expect(await long).toBe(2);
});

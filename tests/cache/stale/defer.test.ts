import { expect, test, vi } from "vitest";
import { defineResource, type RefreshTask } from "@algoitny/cache";
import { refreshDue } from "../../support/refresh-due.ts";
import { fleet } from "../../support/test-cache.ts";

/** A stale row, and a cache that passes refreshes to `defer`. */
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

test("equal keys of a batch enqueue one refresh", async () => {
  const tasks: RefreshTask[] = [];
  const { cache, row } = await setup(async (task) => void tasks.push(task));
  expect(await cache.getMany(row, [undefined, undefined])).toEqual([1, 1]);
  expect(tasks).toHaveLength(1);
});

test.for([
  ["validated", true],
  ["trusted", { revalidateAfter: "8 seconds" }],
] as const)(
  "a held entry (%s) that is stale is looked up in the store first, where another process may have stored a newer one",
  async ([, l1]) => {
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
      l1,
      load: () => (version += 1),
    });
    await cache.get(row, undefined);
    clock.jump(8_000);
    await cache.get(row, undefined);
    clock.jump(7_000);
    await instance().warm(row, [undefined], { source: undefined });
    expect(await cache.get(row, undefined)).toBe(2);
    expect(tasks).toEqual([]);
  },
);

test("a reader refreshes by itself when the queue rejects its task", async () => {
  const { cache, row } = await setup(() => Promise.reject(new Error("queue is full")));
  expect(await cache.get(row, undefined)).toBe(2);
});

test("while a reader of the process refreshes, others serve the stale value and enqueue nothing", async () => {
  const queue = vi.fn(() => Promise.reject(new Error("queue is full")));
  const { clock, cache, row } = await setup(queue);
  const slow = { ...row, load: () => clock.sleep(100).then(() => 7) };
  const leader = cache.get(slow, undefined);
  await clock.advance(0);
  expect(await cache.get(slow, undefined)).toBe(1);
  expect(queue).toHaveBeenCalledTimes(1);
  await clock.advance(100);
  expect(await leader).toBe(7);
});

test("a task that was sent before its entry's end is carried out, although the consumer draws no early refresh itself", async () => {
  const tasks: RefreshTask[] = [];
  const reader = fleet({
    random: () => 0.001,
    enqueueRefresh: async (task) => void tasks.push(task),
  });
  const { clock, store } = reader;
  const row = defineResource<void, number>({
    name: "row",
    ttl: "1 minute",
    jitter: 0,
    load: () => clock.sleep(1_000).then(() => clock.now()),
  });
  const first = reader.cache.get(row, undefined);
  await clock.advance(1_000);
  const value = await first;
  clock.jump(55_000);
  expect(await reader.cache.get(row, undefined)).toBe(value);
  const { cache: consumer } = fleet({ wrap: () => store, clock, resources: [row] });
  const results = [];
  for (const task of [...tasks, ...tasks]) {
    const run = consumer.runRefreshTask(task);
    await clock.advance(1_000);
    results.push(await run);
  }
  expect(results).toEqual(["refreshed", "skipped"]);
});

test("a reader waits one second for a queue that hangs, or half of the time that its request has left", async () => {
  const { clock, cache, row } = await setup(() => new Promise<void>(() => undefined));
  const endMs = clock.now() + 400;
  const short = cache.get(row, undefined, { remainingMs: () => endMs - clock.now() });
  const long = cache.get(row, undefined);
  await clock.advance(400);
  expect(await short).toBe(2);
  await clock.advance(600);
  expect(await long).toBe(2);
});

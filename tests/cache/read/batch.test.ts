import { expect, test, vi } from "vitest";
import { defineResource, defineTags } from "@algoitny/cache";
import type { Store } from "@algoitny/cache/store";
import { overNetwork } from "@algoitny/cache/testing";
import { holdNextLoad } from "../../support/held-loads.ts";
import { fleet, gate } from "../../support/test-cache.ts";

const tags = defineTags({ item: (id: number) => [id], group: (id: number) => [id] });
type Answer = { id: number; at: number } | undefined | Error;

function setup() {
  const calls: string[] = [];
  const wrap = (store: Store) =>
    overNetwork(store, {
      fault: (operation) => {
        calls.push(operation);
        return "none";
      },
    });
  const parts = fleet({ wrap });
  const answer = (id: number): Answer => {
    if (id < 0) return undefined;
    return id >= 1_000 ? new Error(`no ${id}`) : { id, at: parts.clock.now() };
  };
  const loadMany = vi.fn(async (all: readonly { id: number }[]) => all.map(({ id }) => answer(id)));
  const item = defineResource<{ id: number }, { id: number; at: number } | undefined>({
    name: "item",
    key: (params) => params,
    tags: ({ id }) => [tags.item(id), tags.group(id % 3)],
    ttl: "1 minute",
    staleWhileRevalidate: "1 minute",
    jitter: 0,
    load: ({ id }) => {
      const found = answer(id);
      if (found instanceof Error) throw found;
      return found;
    },
    loadMany,
  });
  return { ...parts, calls, item, loadMany };
}

const ids = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => ({ id: from + index }));

test("a hundred keys cost one look, one lease request, one bulk load and one commit request", async () => {
  const { cache, calls, item, loadMany } = setup();
  await cache.getMany(item, ids(0, 30));
  calls.length = 0;
  const values = await cache.getMany(item, [...ids(0, 85), ...ids(-10, 0), ...ids(1_000, 1_005)]);
  expect(calls.filter((name) => name !== "release")).toEqual(["mget", "lease", "commit"]);
  expect(loadMany).toHaveBeenCalledTimes(2);
  expect(loadMany.mock.calls[1]?.[0]).toHaveLength(70);
  expect(values.slice(0, 85)).toEqual(ids(0, 85).map(({ id }) => expect.objectContaining({ id })));
  expect(values.slice(85, 95)).toEqual(Array.from({ length: 10 }));
  expect(values.slice(95)).toEqual(ids(1_000, 1_005).map(({ id }) => new Error(`no ${id}`)));
});

test("a second read of a batch is one look alone", async () => {
  const { cache, calls, item } = setup();
  await cache.getMany(item, ids(0, 50));
  calls.length = 0;
  await cache.getMany(item, ids(0, 50));
  expect(calls).toEqual(["mget"]);
});

test("stale values are refreshed in the same bulk load as missing ones", async () => {
  const { clock, cache, item, loadMany } = setup();
  await cache.getMany(item, ids(0, 2));
  clock.jump(61_000);
  const values = await cache.getMany(item, ids(0, 3));
  expect(loadMany).toHaveBeenCalledTimes(2);
  expect(values.map((value) => (value instanceof Error ? 0 : value?.at))).toEqual(
    Array(3).fill(clock.now()),
  );
});

test("a tag that is invalidated during the bulk load refuses its own entries and no others", async () => {
  const { clock, cache, instance, item, loadMany } = setup();
  const slow = holdNextLoad(loadMany);
  const reading = cache.getMany(item, ids(0, 6));
  await clock.advance(0);
  await instance().invalidate([tags.group(1)]);
  slow.release();
  await reading;
  const statuses = await Promise.all(
    ids(0, 6).map(async (params) => (await cache.getEntry(item, params)).status),
  );
  expect(statuses).toEqual(["hit", "miss", "hit", "hit", "miss", "hit"]);
});

test("a bulk load that returns too few values is an error for each key", async () => {
  const { cache, item, loadMany } = setup();
  loadMany.mockResolvedValueOnce([]);
  const values = await cache.getMany(item, ids(0, 2));
  const message = "load_failed: item: loadMany answered 0 of 2";
  expect(values).toEqual(Array(2).fill(expect.objectContaining({ message })));
});

test("getMany can be the batch function of a DataLoader: values and errors in the order of the keys", async () => {
  const { cache, item } = setup();
  const batch = (keys: readonly number[]) =>
    cache.getMany(
      item,
      keys.map((id) => ({ id })),
    );
  const [first, failed, repeated] = await batch([5, 1_000, 5]);
  expect(first).toEqual(repeated);
  expect(failed).toBeInstanceOf(Error);
});

test("without a bulk loader, a load that hangs or throws at once fails for its own key alone", async () => {
  const { clock, cache } = fleet();
  const item = defineResource<number, number>({
    name: "item",
    key: String,
    ttl: "1 minute",
    hardTimeout: "1 second",
    load: (id) => {
      if (id === 2) throw new Error("no 2");
      return id === 3 ? gate<number>().promise : id;
    },
  });
  const values = cache.getMany(item, [1, 2, 3, 4]);
  await clock.advance(1_000);
  expect(await values).toEqual([
    1,
    new Error("no 2"),
    expect.objectContaining({ code: "load_timeout" }),
    4,
  ]);
});

test("each entry's lifetime begins when its own load ends, not when the slowest load of the batch ends", async () => {
  const { clock, cache } = fleet();
  const item = defineResource<number, number>({
    name: "item",
    key: String,
    ttl: "10 seconds",
    jitter: 0,
    load: async (id) => {
      await clock.sleep(id * 1_000);
      return id;
    },
  });
  const values = cache.getMany(item, [1, 4]);
  await clock.advance(4_000);
  await values;
  const ends = [1, 4].map(async (id) => (await cache.getEntry(item, id)).entry.header.freshUntilMs);
  expect(await Promise.all(ends)).toEqual([clock.now() + 7_000, clock.now() + 10_000]);
});

test("a batch waits for another process's loads by one look for all keys, not one for each", async () => {
  const { clock, instance, calls, item, loadMany } = setup();
  const slow = holdNextLoad(loadMany);
  const first = instance().getMany(item, ids(0, 100));
  await clock.advance(0);
  calls.length = 0;
  const second = instance().getMany(item, ids(0, 100));
  await clock.advance(1_000);
  slow.release();
  await clock.advance(1_000);
  expect(await second).toEqual(await first);
  expect(loadMany).toHaveBeenCalledTimes(1);
  expect(calls.length).toBeLessThan(30);
});

test("entries that another process never finishes loading are loaded by one bulk load after a while", async () => {
  const { clock, instance, item, loadMany } = setup();
  loadMany.mockImplementationOnce(() => gate<Answer[]>().promise);
  void instance()
    .getMany(item, ids(0, 100))
    .catch(() => undefined);
  await clock.advance(0);
  const second = instance().getMany(item, ids(0, 100));
  await clock.advance(10_000);
  expect((await second)[99]).toHaveProperty("id", 99);
  expect(loadMany).toHaveBeenCalledTimes(2);
});

test("without leases, missing entries are still loaded by one bulk load", async () => {
  const { store, item, loadMany, clock } = setup();
  const wrap = () =>
    overNetwork(store, { fault: (name) => (name === "lease" ? "refused" : "none") });
  const values = await fleet({ wrap, clock }).cache.getMany(item, ids(0, 100));
  expect(values[99]).toHaveProperty("id", 99);
  expect(loadMany).toHaveBeenCalledTimes(1);
});

test("a key function that throws fails its own place alone", async () => {
  const { cache, item } = setup();
  const key = ({ id }: { id: number }) => {
    if (id === 2) throw new Error("no such key");
    return `id:${id}`;
  };
  const picky = { ...item, keyFor: (params: { id: number }) => `item:${key(params)}` };
  const [one, two] = await cache.getMany(picky, ids(1, 3));
  expect([one, two]).toEqual([{ id: 1, at: expect.any(Number) }, new Error("no such key")]);
});

test("a store that hangs delays a batch no longer than its request has left", async () => {
  const { store, item, clock } = setup();
  const hangs = { lease: "silent", commit: "silent" } as const;
  const wrap = () =>
    overNetwork(store, {
      fault: (name) => (name in hangs ? hangs[name as keyof typeof hangs] : "none"),
    });
  const { cache } = fleet({ wrap, clock });
  const startMs = clock.now();
  const remainingMs = () => 300 - (clock.now() - startMs);
  const reading = cache.getMany(item, ids(0, 3), { remainingMs }).then(() => clock.now() - startMs);
  await clock.advance(1_000);
  expect(await reading).toBeLessThanOrEqual(200);
});

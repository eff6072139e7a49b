import { describe, expect, test, vi } from "vitest";
import { defineResource, defineTags, Loaded, subscribe } from "@algoitny/cache";
import type { Store } from "@algoitny/cache/store";
import { holdNextLoad } from "../../support/held-loads.ts";
import { refreshDue } from "../../support/refresh-due.ts";
import { fleet, gate } from "../../support/test-cache.ts";

const tags = defineTags({ item: (id: number) => [id] });
type Item = { id: number; at: number };

function setup() {
  const calls: string[] = [];
  let down = false;
  const wrap = (store: Store): Store =>
    new Proxy(store, {
      get: (target, name: keyof Store) => {
        const operation: ((argument: never) => unknown) | undefined = target[name];
        if (operation === undefined) return undefined;
        return (argument: never) => {
          calls.push(name);
          if (down) return Promise.reject(new Error("no store"));
          return operation.call(target, argument);
        };
      },
    });
  const parts = fleet({ wrap });
  const loadMany = vi.fn(
    async (all: readonly { id: number }[]): Promise<(Item | Loaded<Item> | Error)[]> =>
      all.map(({ id }) => (id >= 1_000 ? new Error(`no ${id}`) : { id, at: parts.clock.now() })),
  );
  const item = defineResource<{ id: number }, Item>({
    name: "item",
    key: (params) => params,
    tags: ({ id }) => [tags.item(id)],
    ttl: "1 minute",
    staleIfError: "10 minutes",
    jitter: 0,
    load: () => Promise.reject(new Error("one by one")),
    loadMany,
  });
  const refresh = (from: number, to: number, options = {}) =>
    parts.cache.warm(item, ids(from, to), { source: undefined, ...options });
  const setDown = (is: boolean) => {
    down = is;
  };
  return { ...parts, calls, item, loadMany, refresh, setDown };
}

const ids = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => ({ id: from + index }));
const loadedIds = (loadMany: ReturnType<typeof setup>["loadMany"]) =>
  loadMany.mock.calls.map(([all]) => all.map(({ id }) => id));

test("fifty entries cost one look, one lease request, one bulk load and one commit request", async () => {
  const { calls, loadMany, refresh } = setup();
  expect(await refresh(0, 50)).toEqual(Array(50).fill("refreshed"));
  expect(calls).toEqual(["mget", "lease", "commit"]);
  expect(loadMany).toHaveBeenCalledTimes(1);
});

test("only missing entries are loaded, and refreshed ones are hits", async () => {
  const { cache, item, loadMany, refresh } = setup();
  await refresh(0, 3);
  expect(await refresh(1, 5)).toEqual(["skipped", "skipped", "refreshed", "refreshed"]);
  expect(loadedIds(loadMany)).toEqual([
    [0, 1, 2],
    [3, 4],
  ]);
  expect((await cache.getEntry(item, { id: 4 })).status).toBe("hit");
});

test("an entry that would expire before the next run is loaded early, but never in the first half of its lifetime", async () => {
  const { clock, refresh } = setup();
  await refresh(0, 1);
  clock.jump(25_000);
  expect(await refresh(0, 1, { ahead: "30 seconds" })).toEqual(["skipped"]);
  expect(await refresh(0, 1, { ahead: "10 minutes" })).toEqual(["skipped"]);
  clock.jump(10_000);
  expect(await refresh(0, 1, { ahead: "20 seconds" })).toEqual(["skipped"]);
  expect(await refresh(0, 1, { ahead: "10 minutes" })).toEqual(["refreshed"]);
});

test("missing entries are loaded first, in the given order, then those that expire soonest", async () => {
  const { clock, loadMany, refresh } = setup();
  await refresh(2, 3);
  clock.jump(1_000);
  await refresh(1, 2);
  clock.jump(45_000);
  loadMany.mockClear();
  await refresh(0, 6, { ahead: "30 seconds", atOnce: 2 });
  expect(loadedIds(loadMany)).toEqual([
    [0, 3],
    [4, 5],
    [2, 1],
  ]);
});

describe("a call that runs out of time", () => {
  test("leaves the rest for the next call, which loads them first", async () => {
    const { clock, refresh, loadMany } = setup();
    const load = loadMany.getMockImplementation();
    loadMany.mockImplementation(async (all) => {
      clock.jump(1_000);
      return (await load?.(all)) ?? [];
    });
    const endMs = clock.now() + 2_500;
    const remainingMs = () => endMs - clock.now();
    const first = await refresh(0, 10, { atOnce: 3, remainingMs });
    expect(first).toEqual([...Array(6).fill("refreshed"), ...Array(4).fill("left")]);
    // All are due again, as when the next run is one lifetime away: the ones left over are first.
    clock.jump(60_000);
    loadMany.mockClear();
    await refresh(0, 10, { atOnce: 4 });
    expect(loadedIds(loadMany)[0]).toEqual([6, 7, 8, 9]);
  });

  test("sends nothing to the store when no time is left at its start", async () => {
    const { calls, refresh } = setup();
    expect(await refresh(0, 2, { remainingMs: () => 50 })).toEqual(["left", "left"]);
    expect(calls).toEqual([]);
  });
});

describe("failures", () => {
  test("are returned in the places of their keys", async () => {
    const { refresh } = setup();
    expect(await refresh(998, 1_002)).toEqual([
      "refreshed",
      "refreshed",
      new Error("no 1000"),
      new Error("no 1001"),
    ]);
  });

  test("are reported even when an old value can still be served", async () => {
    const { clock, cache, item, loadMany, refresh } = setup();
    await refresh(0, 1);
    clock.jump(61_000);
    loadMany.mockRejectedValue(new Error("no database"));
    expect(await refresh(0, 1)).toEqual([expect.objectContaining({ code: "load_failed" })]);
    clock.jump(3_000);
    await expect(refreshDue(cache, item, { id: 0 })).rejects.toMatchObject({ code: "load_failed" });
  });

  test("of the store prevent the loads, whose values could not be stored", async () => {
    const { loadMany, refresh, setDown } = setup();
    setDown(true);
    const failure = expect.objectContaining({ code: "store_failed" });
    expect(await refresh(0, 2)).toEqual([failure, failure]);
    expect(loadMany).not.toHaveBeenCalled();
  });
});

test("an entry that a reader of any process is loading is left to that reader, as busy", async () => {
  const { clock, cache, instance, item, refresh } = setup();
  const slow = gate();
  const slowItem = { ...item, load: () => slow.promise.then(() => ({ id: 0, at: 0 })) };
  const readings = [cache.get(slowItem, { id: 0 }), instance().get(slowItem, { id: 1 })];
  await clock.advance(0);
  expect(await refresh(0, 3)).toEqual(["busy", "busy", "refreshed"]);
  slow.resolve();
  await Promise.all(readings);
  expect(await refresh(0, 3)).toEqual(["skipped", "skipped", "skipped"]);
});

test("a change during the bulk load refuses the commit of its own entry and of no other", async () => {
  const { clock, instance, loadMany, refresh } = setup();
  const slow = holdNextLoad(loadMany);
  const refreshing = refresh(0, 3);
  await clock.advance(0);
  await instance().invalidate([tags.item(1)]);
  slow.release();
  expect(await refreshing).toEqual(["refreshed", "refused", "refreshed"]);
});

test("a value that its loader returns with `store: false` has the result `not-stored`", async () => {
  const { loadMany, refresh } = setup();
  loadMany.mockImplementationOnce(async (all) =>
    all.map(({ id }) => new Loaded({ id, at: 0 }, { store: id !== 1 })),
  );
  expect(await refresh(0, 3)).toEqual(["refreshed", "not-stored", "refreshed"]);
});

test("a value that the store does not accept is a failure", async () => {
  const { instance, item, loadMany, refresh, setDown } = setup();
  loadMany.mockImplementationOnce(async (all) => {
    setDown(true);
    return all.map(({ id }) => ({ id, at: 0 }));
  });
  const failure = { code: "store_failed" };
  expect(await refresh(0, 2)).toMatchObject([failure, failure]);
  setDown(false);
  const one = {
    ...item,
    load: () => {
      setDown(true);
      return { id: 2, at: 0 };
    },
  };
  const cache = instance({ resources: [one] });
  await expect(refreshDue(cache, one, { id: 2 })).rejects.toMatchObject(failure);
});

test("a dry run lists due entries and loads nothing", async () => {
  const { loadMany, refresh } = setup();
  await refresh(0, 1);
  loadMany.mockClear();
  expect(await refresh(0, 3, { dryRun: true })).toEqual(["skipped", "due", "due"]);
  expect(loadMany).not.toHaveBeenCalled();
});

test("progress is reported after each step, and counts equal keys once", async () => {
  const { cache, item } = setup();
  const steps: number[] = [];
  const params = [...ids(0, 5), ...ids(0, 5)];
  const results = await cache.warm(item, params, {
    source: undefined,
    atOnce: 2,
    onProgress: (done) => steps.push(done),
  });
  expect(results).toEqual(Array(10).fill("refreshed"));
  expect(steps).toEqual([2, 4, 5]);
});

test("a refresh is not counted as a read: it reports loads and what is stored, and no hit, miss or stale", async () => {
  const { instance, item, refresh } = setup();
  const events: string[] = [];
  const unsubscribe = subscribe(({ type }) => events.push(type));
  await refresh(0, 2);
  await refresh(0, 2);
  const one = { ...item, load: () => Promise.resolve({ id: 0, at: 0 }) };
  const cache = instance({ resources: [one] });
  await refreshDue(cache, one, { id: 0 });
  await refreshDue(cache, one, { id: 7 });
  unsubscribe();
  expect(events).toEqual(["load", "filled", "filled", "load", "filled"]);
});

test("a first load during which the process was frozen does not end the loads after it", async () => {
  const { clock, loadMany, refresh } = setup();
  loadMany.mockImplementationOnce(async (all) => {
    clock.jump(3_600_000);
    return all.map(({ id }) => ({ id, at: 0 }));
  });
  await refresh(0, 1);
  expect(await refresh(1, 3, { remainingMs: () => 5_000 })).toEqual(["refreshed", "refreshed"]);
});

test("a key function that throws is an error in the place of its key", async () => {
  const { cache, item } = setup();
  const broken = {
    ...item,
    keyFor: ({ id }: { id: number }) => {
      if (id === 1) throw new Error("no key");
      return `item:${id}`;
    },
  };
  const results = await cache.warm(broken, ids(0, 3));
  expect(results).toEqual(["refreshed", new Error("no key"), "refreshed"]);
});

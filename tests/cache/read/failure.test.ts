import { describe, expect, test, vi } from "vitest";
import {
  type CacheEvent,
  CacheError,
  defineResource,
  defineTags,
  Loaded,
  subscribe,
} from "@algoitny/cache";
import type { Store } from "@algoitny/cache/store";
import { fleet, gate } from "../../support/test-cache.ts";

const tags = defineTags({ row: () => [] });

/** A store with a switch: `error` fails every call, `hang` never answers. */
function setup() {
  let mode: "up" | "error" | "hang" = "up";
  const calls = { count: 0 };
  const wrap = (store: Store): Store =>
    new Proxy(store, {
      get(target, name: keyof Store) {
        const operation: ((argument: never) => unknown) | undefined = target[name];
        if (operation === undefined) return undefined;
        return (argument: never) => {
          calls.count += 1;
          if (mode === "hang") return new Promise(() => undefined);
          if (mode === "error") return Promise.reject(new Error("connection refused"));
          return operation.call(target, argument);
        };
      },
    });
  const { clock, cache } = fleet({ wrap, maxLoadsWithoutStore: 2 });
  let version = 0;
  const load = vi.fn((): unknown => ++version);
  const row = defineResource<number>({
    name: "row",
    key: String,
    tags: () => [tags.row()],
    ttl: "1 minute",
    load,
  });
  return { clock, cache, row, load, calls, turn: (to: typeof mode) => (mode = to) };
}

describe("a store that fails", () => {
  test("never fails a read", async () => {
    const { cache, row, turn } = setup();
    turn("error");
    const reading = await cache.getEntry(row, 1);
    expect([reading.status, reading.detail, await reading.value()]).toEqual([
      "bypass",
      "store-unreachable",
      1,
    ]);
  });

  test("that hangs delays a read no longer than the store's time limit", async () => {
    const { clock, cache, row, turn } = setup();
    turn("hang");
    const reading = cache.getEntry(row, 1);
    await clock.advance(500);
    expect((await reading).status).toBe("bypass");
    expect(clock.nextMs).toBeUndefined();
  });

  test("is not asked for five seconds after five failures in a row", async () => {
    const { clock, cache, row, calls, turn } = setup();
    turn("error");
    const callsOfRead = async () => {
      const before = calls.count;
      await cache.get(row, 1);
      return calls.count - before;
    };
    const failing: number[] = [];
    for (let read = 0; read < 6; read += 1) failing.push(await callsOfRead());
    expect(failing).toEqual([1, 1, 1, 1, 1, 0]);
    await clock.advance(4_999);
    expect(await callsOfRead()).toBe(0);
    await clock.advance(1);
    expect(await callsOfRead()).toBe(1);
  });

  test("is used again once it answers, also when the process was frozen meanwhile", async () => {
    const { clock, cache, row, turn } = setup();
    turn("error");
    for (let read = 0; read < 5; read += 1) await cache.get(row, 1);
    turn("up");
    expect((await cache.getEntry(row, 1)).status).toBe("bypass");
    clock.jump(15 * 60_000);
    expect((await cache.getEntry(row, 2)).stored).toBe(true);
    expect((await cache.getEntry(row, 2)).status).toBe("hit");
  });

  test("makes an invalidation reject instead of losing it silently", async () => {
    const { cache, turn } = setup();
    turn("error");
    await expect(cache.invalidate([tags.row()])).rejects.toMatchObject({
      code: "invalidation_failed",
    });
    await expect(cache.invalidate([tags.row()])).rejects.toBeInstanceOf(CacheError);
  });

  test("limits the number of concurrent loads, and each key has one at a time", async () => {
    const { cache, row, load, turn } = setup();
    const slow = gate<number>();
    let running = 0;
    let most = 0;
    load.mockImplementation(async () => {
      running += 1;
      most = Math.max(most, running);
      await slow.promise;
      running -= 1;
      return 7;
    });
    turn("error");
    const reads = Array.from({ length: 20 }, (_, index) => cache.get(row, index % 5));
    slow.resolve(7);
    await Promise.all(reads);
    expect(most).toBe(2);
    expect(load.mock.calls.length).toBeLessThanOrEqual(10);
  });
});

describe("the waiting line of loads without the store", () => {
  test("loses a read when its request's time is over, and moves on without it", async () => {
    const { clock, cache, row, load, turn } = setup();
    const slow = gate<number>();
    load.mockImplementation(() => slow.promise);
    turn("error");
    const running = [1, 2].map((id) => cache.get(row, id));
    const startMs = clock.now();
    const left = () => 600 - (clock.now() - startMs);
    const leaving = expect(cache.get(row, 3, { remainingMs: left })).rejects.toThrow(
      "load_timeout: row:3: too many loads at once without the store",
    );
    const staying = cache.get(row, 4);
    await clock.advance(500);
    await leaving;
    slow.resolve(7);
    expect(await Promise.all([...running, staying])).toEqual([7, 7, 7]);
  });

  test("is shared by single reads and batches; reads that come while a key is loaded share its next load", async () => {
    const { clock, cache, row, load, turn } = setup();
    let running = 0;
    let most = 0;
    load.mockImplementation(async () => {
      most = Math.max(most, ++running);
      await clock.sleep(10);
      running -= 1;
      return 7;
    });
    turn("error");
    const ids = Array.from({ length: 10 }, (_, index) => index);
    const first = cache.getMany(row, ids);
    await clock.advance(0);
    const reads = [first, cache.getMany(row, ids), cache.get(row, 3)];
    await clock.advance(1_000);
    await Promise.all(reads);
    expect([most, load.mock.calls.length]).toEqual([2, 20]);
  });

  test("has bulk loads too, each counted as one", async () => {
    const { clock, cache, row, turn } = setup();
    const loadMany = vi.fn(async (ids: readonly number[]) => {
      await clock.sleep(10);
      return ids;
    });
    turn("error");
    const reads = [1, 3, 5].map((id) => cache.getMany({ ...row, loadMany }, [id, id + 1]));
    await clock.advance(0);
    expect(loadMany).toHaveBeenCalledTimes(2);
    await clock.advance(20);
    expect(await Promise.all(reads)).toEqual([
      [1, 2],
      [3, 4],
      [5, 6],
    ]);
  });
});

describe("a load", () => {
  test("is aborted at its hard limit, by its signal", async () => {
    const { clock, cache } = fleet();
    const signals: AbortSignal[] = [];
    const row = defineResource({
      name: "row",
      ttl: "1 minute",
      hardTimeout: "2 seconds",
      load: (_params, _source, { signal }) => {
        signals.push(signal);
        return gate().promise;
      },
    });
    const read = expect(cache.get(row, undefined)).rejects.toMatchObject({ code: "load_timeout" });
    await clock.advance(2_000);
    await read;
    expect(signals[0]?.aborted).toBe(true);
  });

  test("gets no more time than its request has left", async () => {
    const { clock, cache } = fleet();
    const row = defineResource({
      name: "row",
      ttl: "1 minute",
      load: () => gate().promise,
    });
    const startMs = clock.now();
    const read = cache.get(row, undefined, { remainingMs: () => 1_000 - (clock.now() - startMs) });
    const failure = expect(read).rejects.toMatchObject({ code: "load_timeout" });
    await clock.advance(900);
    await failure;
  });

  test("whose headers JSON cannot represent fails alone in its batch, and frees its lease", async () => {
    const { cache, row, load } = setup();
    load.mockReturnValueOnce(new Loaded(1, { headers: { "x-count": 1n as never } }));
    expect(await cache.getMany(row, [1, 2])).toEqual([expect.any(TypeError), 1]);
    expect(await cache.getMany(row, [1, 2])).toEqual([2, 1]);
  });

  test("whose value JSON cannot represent is returned and not stored, with one warning that names the part and the correction", async () => {
    const { cache } = fleet();
    const warnings = vi.spyOn(process, "emitWarning").mockImplementation(() => undefined);
    const events: CacheEvent[] = [];
    const unsubscribe = subscribe((event) => events.push(event));
    const load = vi.fn((): unknown => ({ at: new Date(0) }));
    const row = defineResource({ name: "unstorable", ttl: "1 minute", load });
    expect(await cache.get(row)).toEqual({ at: new Date(0) });
    expect(await cache.getMany(row, [undefined])).toEqual([{ at: new Date(0) }]);
    expect(await cache.getEntry(row)).toMatchObject({ status: "miss", detail: "not-stored" });
    unsubscribe();
    expect(load).toHaveBeenCalledTimes(3);
    expect(await cache.keys("*")).toEqual({ cursor: "0", keys: [] });
    expect(events.filter(({ type }) => type === "fill-failed")).toHaveLength(3);
    expect(warnings.mock.calls.map(([message]) => String(message))).toEqual([
      expect.stringMatching(
        /^value_unsupported: resource "unstorable": value\.at is a Date: .*; it is returned, but not stored$/,
      ),
    ]);
    warnings.mockRestore();
  });

  test("whose value has undefined properties returns it without them, as a hit does", async () => {
    const { cache } = fleet();
    const load = () => ({ bio: undefined as string | undefined, list: [{ a: undefined, b: 1 }] });
    const row = defineResource({ name: "row", ttl: "1 minute", load });
    for (const value of [await cache.get(row), await cache.get(row)])
      expect(JSON.stringify(Object.keys(value))).toBe('["list"]');
    expect((await cache.get(row)).list).toStrictEqual([{ b: 1 }]);
  });

  test("that returns `store: false` is not stored", async () => {
    const { cache } = fleet();
    const load = vi.fn(() => new Loaded<number[]>([], { store: false }));
    const page = defineResource<void, number[]>({ name: "page", ttl: "1 minute", load });
    expect(await cache.get(page, undefined)).toEqual([]);
    expect(await cache.get(page, undefined)).toEqual([]);
    expect(load).toHaveBeenCalledTimes(2);
    expect(await cache.keys("*")).toEqual({ cursor: "0", keys: [] });
  });
});

test("every step is published as an event", async () => {
  const events: CacheEvent[] = [];
  const unsubscribe = subscribe((event) => events.push(event));
  const { cache, row, turn } = setup();
  await cache.get(row, 1);
  await cache.get(row, 1);
  await cache.invalidate([tags.row()]);
  turn("error");
  await cache.get(row, 1);
  unsubscribe();
  expect(events.map(({ type }) => type)).toEqual([
    "miss",
    "load",
    "filled",
    "hit",
    "invalidated",
    "store-failed",
    "miss",
    "load",
  ]);
});

import { describe, expect, test, vi } from "vitest";
import { defineResource } from "@algoitny/cache";
import { fleet, gate } from "../../support/test-cache.ts";

/** A row whose values count its loads, and go stale after a minute. */
function setup() {
  const parts = fleet();
  const load = vi.fn(
    async (id: number, source: string) => `${source} ${id} ${load.mock.calls.length}`,
  );
  const row = defineResource({
    name: "row",
    ttl: "1 minute",
    staleWhileRevalidate: "1 hour",
    jitter: 0,
    load,
  });
  return { ...parts, row, load };
}

test("a bound cache passes its source and its time limit to every read", async () => {
  const { cache, clock, row, load } = setup();
  const bound = cache.with({ source: "db", remainingMs: () => 1_000 });
  expect(await bound.get(row, 1)).toBe("db 1 1");
  expect(await (await bound.getEntry(row, 2)).value()).toBe("db 2 2");
  expect(await bound.getMany(row, [1, 3])).toEqual(["db 1 1", "db 3 3"]);
  expect(await bound.warm(row, [1, 4])).toEqual(["skipped", "refreshed"]);
  load.mockImplementation(() => gate<string>().promise);
  const late = expect(bound.get(row, 5)).rejects.toMatchObject({ code: "load_timeout" });
  await clock.advance(1_000);
  await late;
});

test("a bound cache runs the refresh tasks of a queue", async () => {
  const { instance, row } = setup();
  const bound = instance({ resources: [row] }).with({ source: "db" });
  const task = { resource: "row", key: "row:1", params: 1, entryId: "" };
  expect(await bound.runRefreshTask(task)).toBe("refreshed");
  expect(await bound.runRefreshTask(task)).toBe("skipped");
  const other = { ...task, params: 2 };
  await expect(bound.runRefreshTask(other)).rejects.toThrow("lead to another key");
  const unknown = { ...task, resource: "column" };
  await expect(bound.runRefreshTask(unknown)).rejects.toThrow('no resource is called "column"');
});

test("a peek shows what is stored, and never loads", async () => {
  const { cache, clock, row, load } = setup();
  expect(await cache.peek(row, 1)).toBeUndefined();
  await cache.get(row, 1, { source: "db" });
  expect(await cache.peek(row, 1)).toMatchObject({ status: "hit", ageMs: 0 });
  clock.jump(120_000);
  const stale = await cache.peek(row, 1);
  expect([stale?.status, await stale?.value()]).toEqual(["stale", "db 1 1"]);
  await cache.invalidate(row, 1);
  expect(await cache.peek(row, 1)).toBeUndefined();
  expect(load).toHaveBeenCalledTimes(1);
});

describe("with waitUntil a stale value is served before its refresh", () => {
  test("the refresh continues until its value is stored", async () => {
    const { cache, clock, row, load } = setup();
    await cache.get(row, 1, { source: "db" });
    clock.jump(120_000);
    const slow = gate<string>();
    load.mockImplementationOnce(() => slow.promise);
    const kept: Promise<unknown>[] = [];
    const waitUntil = (work: Promise<unknown>) => void kept.push(work);
    const reading = await cache.getEntry(row, 1, { source: "db", waitUntil });
    expect([reading.status, await reading.value()]).toEqual(["stale", "db 1 1"]);
    expect(kept).toHaveLength(1);
    slow.resolve("new");
    await Promise.all(kept);
    expect(await cache.get(row, 1, { source: "db" })).toBe("new");
  });

  test("a failed refresh causes no unhandled rejection", async () => {
    const { instance, clock, row, load } = setup();
    const kept: Promise<unknown>[] = [];
    const cache = instance({ waitUntil: (work) => void kept.push(work) });
    await cache.get(row, 1, { source: "db" });
    clock.jump(120_000);
    load.mockRejectedValueOnce(new Error("database down"));
    expect(await cache.get(row, 1, { source: "db" })).toBe("db 1 1");
    await expect(Promise.all(kept)).resolves.toHaveLength(1);
  });

  test("unless waitUntil throws: then the reader refreshes", async () => {
    const { instance, clock, row } = setup();
    const cache = instance({
      waitUntil: () => {
        throw new Error("the response has been sent");
      },
    });
    await cache.get(row, 1, { source: "db" });
    clock.jump(120_000);
    expect(await cache.get(row, 1, { source: "db" })).toBe("db 1 2");
  });
});

describe("a read whose signal is aborted", () => {
  test("rejects at once with the reason, while others get the value of the load that it began", async () => {
    const { cache, clock, row, load } = setup();
    const slow = gate<string>();
    load.mockImplementation(() => slow.promise);
    const { signal, abort } = controllerOf();
    const first = expect(cache.get(row, 1, { source: "db", signal })).rejects.toThrow("gone");
    await expect.poll(() => load.mock.calls.length).toBe(1);
    const second = cache.get(row, 1, { source: "db" });
    await clock.advance(0);
    abort(new Error("gone"));
    await first;
    slow.resolve("value");
    await clock.advance(0);
    expect(await second).toBe("value");
    expect(load).toHaveBeenCalledTimes(1);
  });

  test("before it began loads nothing", async () => {
    const { cache, row, load } = setup();
    const { signal, abort } = controllerOf();
    abort(new Error("gone"));
    await expect(cache.getMany(row, [1], { source: "db", signal })).rejects.toThrow("gone");
    expect(load).not.toHaveBeenCalled();
  });
});

function controllerOf() {
  const controller = new AbortController();
  return { signal: controller.signal, abort: (reason: Error) => controller.abort(reason) };
}

test("both null and undefined mean not found, and a hit returns the one that was loaded", async () => {
  const { cache } = fleet();
  const values = new Map<string, string | null | undefined>([
    ["a", null],
    ["b", undefined],
  ]);
  const load = vi.fn((name: string) => values.get(name));
  const row = defineResource({ name: "row", ttl: "1 minute", load });
  for (const round of [1, 2]) {
    expect([round, await cache.get(row, "a")]).toEqual([round, null]);
    expect([round, await cache.get(row, "b")]).toEqual([round, undefined]);
  }
  expect((await cache.getEntry(row, "a")).entry.header.status).toBe(404);
  expect(load).toHaveBeenCalledTimes(2);
});

test("a predicate can define the values that mean not found", async () => {
  const { cache, clock } = fleet();
  const load = vi.fn((name: string) => (name === "a" ? null : ""));
  const isNotFound = (value: unknown) => value === "";
  const row = defineResource({ name: "row", ttl: "1 hour", isNotFound, load });
  const read = async () => [await cache.get(row, "a"), await cache.get(row, "b")];
  expect([await read(), await read()]).toEqual([
    [null, ""],
    [null, ""],
  ]);
  clock.jump(60_000);
  expect(await read()).toEqual([null, ""]);
  expect(load.mock.calls).toEqual(
    [["a"], ["b"], ["b"]].map(([name]) => expect.arrayContaining([name])),
  );
});

test.each(["refresh", "warm", "runRefreshTask", "runVerifyTask"] as const)(
  "%s rejects with the reason of its signal, during its load and before",
  async (name) => {
    const slow = gate<string>();
    const load = vi.fn((_id: number) => slow.promise);
    const row = defineResource({ name: "row", ttl: "1 minute", load });
    const { cache, clock } = fleet({
      resources: [row],
      verify: { rate: 1, enqueue: async () => undefined },
    });
    slow.resolve("first");
    const { entry } = await cache.getEntry(row, 1);
    await clock.advance(59_000);
    load.mockImplementation(() => new Promise(() => undefined));
    const task = { resource: "row", key: "row:1", params: 1, entryId: entry.id };
    const run = (signal: AbortSignal) =>
      ({
        refresh: () => cache.refresh(row, 1, { signal }),
        warm: () => cache.warm(row, [1, 2, 3], { signal, ahead: "10 seconds", atOnce: 1 }),
        runRefreshTask: () => cache.runRefreshTask(task, { signal }),
        runVerifyTask: () => cache.runVerifyTask(task, { signal }),
      })[name]();

    const { signal, abort } = controllerOf();
    const running = expect(run(signal)).rejects.toThrow("gone");
    await expect.poll(() => load.mock.calls.length).toBe(2);
    abort(new Error("gone"));
    await running;
    load.mockImplementation(async () => "late");
    await expect(run(signal)).rejects.toThrow("gone");
    expect(load).toHaveBeenCalledTimes(2);
  },
);

test("an abandoned warm begins no further group", async () => {
  const load = vi.fn(async (id: number) => `row ${id}`);
  const row = defineResource({ name: "row", ttl: "1 minute", load });
  const { cache, clock } = fleet();
  const { signal, abort } = controllerOf();
  load.mockImplementationOnce(async (id) => {
    abort(new Error("gone"));
    return `row ${id}`;
  });
  await expect(cache.warm(row, [1, 2, 3], { signal, atOnce: 1 })).rejects.toThrow("gone");
  await clock.advance(1_000);
  expect(load).toHaveBeenCalledTimes(1);
});

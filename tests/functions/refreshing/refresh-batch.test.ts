import { Cache, MemoryStore } from "@algoitny/cache";
import type { Store } from "@algoitny/cache/store";
import { VirtualClock } from "@algoitny/cache/testing";
import { testCaseList } from "@algoitny/core/test-case/test-case.resources";
import { tags } from "@algoitny/core/tags";
import type { Source } from "@algoitny/core/source";
import { createLog } from "@algoitny/functions/telemetry/logger";
import { refreshBatch } from "@algoitny/functions/refreshing/refresh-batch";
import type { SQSEvent } from "aws-lambda";
import { describe, expect, test } from "vitest";

const params = (problem: number) => ({ problem, admin: false });
const task = (problem: number) => ({
  resource: "test_cases",
  key: `test_cases:problem:${problem}`,
  params: params(problem),
  entryId: "stale",
});

const event = (...bodies: unknown[]) =>
  ({
    Records: bodies.map((body, index) => ({
      messageId: `message-${index}`,
      body: typeof body === "string" ? body : JSON.stringify(body),
    })),
  }) as SQSEvent;

function setup() {
  const clock = new VirtualClock();
  const store = new MemoryStore({ now: clock.now });
  const cache = new Cache({ store, clock, random: () => 0.5 });
  const lines: Record<string, unknown>[] = [];
  const log = createLog((line) => lines.push(JSON.parse(line)));
  const loads: number[] = [];
  let bad: number | undefined;
  let meanwhile = async () => {};
  const source: Source = {
    catalogue: () => Promise.reject(new Error("no catalogue in this test")),
    tables: async () =>
      ({
        problems: { get: async () => ({ is_completed: true, is_deleted: false }) },
        testCases: {
          list: async (id: number) => {
            loads.push(id);
            if (id === bad) throw new Error("no database");
            await meanwhile();
            return [];
          },
        },
      }) as never,
  };
  const handle = (given: SQSEvent) =>
    refreshBatch(given, { cache, source, log, remainingMs: () => 60_000 });
  return {
    cache,
    clock,
    source,
    store,
    log,
    lines,
    loads,
    handle,
    fail: (id?: number) => (bad = id),
    /** Sets the work that happens during each later load. */
    during: (work: () => Promise<void>) => (meanwhile = work),
  };
}

const failures = (...indexes: number[]) => ({
  batchItemFailures: indexes.map((index) => ({ itemIdentifier: `message-${index}` })),
});

describe("a batch of refreshes", () => {
  test("loads each entry once, so that the next read is a hit", async () => {
    const { cache, source, loads, handle, lines } = setup();
    expect(await handle(event(task(1), task(2), task(1)))).toEqual(failures());
    expect(new Set(loads)).toEqual(new Set([1, 2]));
    expect(loads).toHaveLength(2);
    expect((await cache.getEntry(testCaseList, params(1), { source })).status).toBe("hit");
    expect(lines).toMatchObject([
      { level: "info", key: "test_cases:problem:1", result: "refreshed" },
      { level: "info", key: "test_cases:problem:2", result: "refreshed" },
      { level: "info", key: "test_cases:problem:1", result: "refreshed" },
    ]);
  });

  test("skips an entry that was refreshed meanwhile, and refreshes one whose lifetime is about to end", async () => {
    const { cache, clock, source, loads, handle } = setup();
    await cache.get(testCaseList, params(1), { source });
    await handle(event(task(1)));
    expect(loads).toEqual([1]);
    clock.jump(860_000);
    await handle(event(task(1)));
    expect(loads).toEqual([1, 1]);
  });

  test("returns to the queue only what cannot be loaded, even if its old value is still being served", async () => {
    const { cache, clock, source, handle, fail, lines } = setup();
    await cache.get(testCaseList, params(1), { source });
    clock.jump(920_000);
    fail(1);
    expect(await handle(event(task(1), task(2)))).toEqual(failures(0));
    expect(lines.find(({ level }) => level === "warn")).toMatchObject({
      key: "test_cases:problem:1",
    });
    expect((await cache.getEntry(testCaseList, params(1), { source })).status).toBe("stale");
  });

  test("returns to the queue an entry that was expired again during its load: its old value is still served", async () => {
    const { cache, source, handle, during } = setup();
    await cache.get(testCaseList, params(1), { source });
    const expire = () => cache.expire([tags.test_cases(1)]);
    await expire();
    during(expire);
    expect(await handle(event(task(1), task(2)))).toEqual(failures(0));
    during(async () => {});
    expect(await handle(event(task(1)))).toEqual(failures());
    expect((await cache.getEntry(testCaseList, params(1), { source })).status).toBe("hit");
  });

  test("returns to the queue what it has no time for", async () => {
    const { cache, source, log, loads } = setup();
    const answer = await refreshBatch(event(task(1)), { cache, source, log, remainingMs: () => 0 });
    expect([answer, loads]).toEqual([failures(0), []]);
  });

  test("returns everything to the queue while the store does not answer", async () => {
    const { store, handle, loads } = setup();
    (store as Store).mget = () => Promise.reject(new Error("no store"));
    expect(await handle(event(task(1), task(2)))).toEqual(failures(0, 1));
    expect(loads).toEqual([]);
  });

  test.each<[string, unknown]>([
    ["no JSON", "{"],
    ["no task", { resource: "test_cases" }],
    ["of an unknown view", { ...task(1), resource: "constructor" }],
    ["with wrong parameters", { ...task(1), params: { problem: "1", admin: false } }],
    ["with another entry's parameters", { ...task(1), params: params(2) }],
  ])("returns a message that is %s to the queue, and handles the others", async (_, body) => {
    const { handle, loads, lines } = setup();
    expect(await handle(event(body, task(3)))).toEqual(failures(0));
    expect(loads).toEqual([3]);
    expect(lines[0]).toMatchObject({ level: "error", messageId: "message-0" });
  });
});

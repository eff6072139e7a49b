import { Cache, defineResource, MemoryStore, parseTag } from "@algoitny/cache";
import { createRedisStore } from "@algoitny/cache/redis";
import { namesOfRecords } from "@algoitny/functions/invalidation/recorded-names";
import { noteCacheEvents } from "@algoitny/functions/telemetry/cache-events";
import { createRefreshQueue } from "@algoitny/functions/refreshing/refresh-queue";
import { refreshBatch } from "@algoitny/functions/refreshing/refresh-batch";
import { createLog } from "@algoitny/functions/telemetry/logger";
import { meanings } from "@algoitny/functions/telemetry/metric-meanings";
import { createObserver, type Observed } from "@algoitny/functions/telemetry/observe";
import { memoryReader, withProcessMetrics } from "@algoitny/functions/telemetry/process-metrics";
import { addMetric, note } from "@algoitny/functions/telemetry/scope";
import type { SQSEvent } from "aws-lambda";
import { afterAll, describe, expect, test } from "vitest";
import { context, setup } from "../support/test-endpoint.ts";
import { httpEvent } from "../support/http-events.ts";
import { uncached } from "@algoitny/core/uncached";

// The event channel belongs to the process, in which other test files run too.
afterAll(noteCacheEvents());

const endpoint: Observed = { subject: "endpoint", name: "GET /api/problems/", ids: {} };

function observer() {
  const lines: Record<string, unknown>[] = [];
  return { lines, ...createObserver((line) => lines.push(JSON.parse(line)), "algoitny-test") };
}

describe("metrics of an invocation", () => {
  test("have the invocation's properties beside them, which are not dimensions", async () => {
    const { lines, observe } = observer();
    await observe(endpoint, async () => note("operation", "FindIt"));
    expect(lines).toMatchObject([{ operation: "FindIt" }]);
    expect(JSON.stringify(lines[0]?.["_aws"])).not.toContain("operation");
  });

  test("are one line in CloudWatch's format, with dimensions for the service and for the endpoint", async () => {
    const { lines, observe } = observer();
    await observe(endpoint, async () => {
      addMetric("Hits", 1);
      addMetric("HitMs", 2);
    });
    expect(lines).toEqual([
      {
        _aws: {
          Timestamp: expect.any(Number),
          CloudWatchMetrics: [
            {
              Namespace: "AlgoItny",
              Dimensions: [["service"], ["service", "endpoint"]],
              Metrics: [
                { Name: "Hits", Unit: "Count" },
                { Name: "DurationMs", Unit: "Milliseconds" },
              ],
            },
            {
              Namespace: "AlgoItny",
              Dimensions: [["service"]],
              Metrics: [{ Name: "HitMs", Unit: "Milliseconds" }],
            },
          ],
        },
        service: "algoitny-test",
        endpoint: "GET /api/problems/",
        Hits: 1,
        HitMs: 2,
        DurationMs: expect.any(Number),
      },
    ]);
  });

  test("sum counts, list each measurement, and leave out zeros", async () => {
    const { lines, observe } = observer();
    await observe(endpoint, async () => {
      for (const ms of [1, 2]) addMetric("LoadMs", ms);
      for (const count of [1, 4]) addMetric("DatabaseReads", count);
      addMetric("Errors", 0);
    });
    expect(lines[0]).toMatchObject({ LoadMs: [1, 2], DatabaseReads: 5 });
    expect(lines[0]).not.toHaveProperty("Errors");
  });

  test("of two concurrent invocations are separate", async () => {
    const { lines, observe } = observer();
    const invocation = (name: string, count: number) =>
      observe({ ...endpoint, name }, async () => {
        addMetric("Loads", count);
        await Promise.resolve();
        addMetric("Loads", count);
      });
    await Promise.all([invocation("a", 1), invocation("b", 10)]);
    expect(lines).toMatchObject([
      { endpoint: "a", Loads: 2 },
      { endpoint: "b", Loads: 20 },
    ]);
  });

  test("are published for one that fails too, which counts as an error", async () => {
    const { lines, observe } = observer();
    await expect(observe(endpoint, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(lines).toMatchObject([{ Errors: 1 }]);
  });

  test("fill another line after 100 values of one metric, CloudWatch's limit", async () => {
    const { lines, observe } = observer();
    await observe(endpoint, async () => {
      addMetric("Hits", 1);
      for (let ms = 1; ms <= 205; ms += 1) addMetric("LoadMs", ms);
    });
    expect(lines.map((line) => [line["LoadMs"]].flat().length)).toEqual([100, 100, 5]);
    expect(lines.map((line) => line["Hits"])).toEqual([1, undefined, undefined]);
  });

  test("are derived from the cache's events: loads and invalidations", async () => {
    const { lines, observe } = observer();
    const thing = defineResource({
      name: "thing",
      key: () => ({ id: 1 }),
      tags: () => [parseTag("thing:1")],
      ttl: "1 minute",
      load: async () => ({ text: "x".repeat(100) }),
    });
    const cache = new Cache({ store: new MemoryStore() });
    for (const _ of [1, 2]) {
      await observe(endpoint, () => cache.get(thing, undefined, { source: undefined }));
    }
    expect(lines[0]).toMatchObject({ Loads: 1, LoadMs: expect.any(Number) });
    expect(lines[1]).not.toHaveProperty("Loads");
    // Tags of recorded reads, of which a write has many, are not counted.
    const Keys = { pk: { S: "thing" }, sk: { S: "1" } };
    const removal = { eventName: "REMOVE" as const, dynamodb: { Keys, OldImage: Keys } };
    const names = await namesOfRecords([removal], "arn:aws:dynamodb:::table/things");
    expect(names.length).toBeGreaterThan(0);
    const all = [...["thing:1", "thing:2"].map(parseTag), ...names];
    await observe(endpoint, () => cache.invalidate(all));
    expect(lines[2]).toMatchObject({ TagsInvalidated: 2 });
  });

  test.each([
    ["OOM command not allowed when used memory > 'maxmemory'.", 1],
    ["connect ECONNREFUSED", undefined],
  ])(
    "count an operation that Redis answers with %j as failed, and as refused: %s",
    async (message, refusals) => {
      const { lines, observe } = observer();
      const store = createRedisStore({ send: () => Promise.reject(new Error(message)) });
      const cache = new Cache({ store });
      await observe(endpoint, () => cache.invalidate([parseTag("thing:1")]).catch(() => {}));
      expect(lines[0]?.["StoreFailures"]).toBeGreaterThan(0);
      expect(lines[0]?.["StoreRefusals"]).toBe(refusals && lines[0]?.["StoreFailures"]);
    },
  );

  test("outside of an invocation are dropped", () => {
    expect(() => addMetric("Hits", 1)).not.toThrow();
  });
});

describe("metrics of a process", () => {
  function started(memoryMb: number[]) {
    const lines: Record<string, unknown>[] = [];
    let uptimeMs = 180;
    const facts = {
      uptimeMs: () => uptimeMs,
      memoryBytes: () => (memoryMb.shift() ?? 0) * 1024 * 1024,
    };
    const inner = createObserver((line) => lines.push(JSON.parse(line)), "algoitny-test");
    const { observe } = withProcessMetrics(inner, facts);
    const own = () => lines.filter((line) => !("endpoint" in line));
    return { own, observe, waitForDemand: () => (uptimeMs = 60_000) };
  }

  test("count its start once, with the time that its code took to load, without the wait for a request", async () => {
    const { own, observe, waitForDemand } = started([100, 100]);
    await Promise.resolve();
    waitForDemand();
    await observe(endpoint, async () => {});
    await observe(endpoint, async () => {});
    expect(own()).toEqual([
      {
        _aws: expect.objectContaining({
          CloudWatchMetrics: [expect.objectContaining({ Dimensions: [["service"]] })],
        }),
        service: "algoitny-test",
        ColdStarts: 1,
        InitMs: 180,
        MemoryMb: 100,
      },
    ]);
  });

  test("publish its memory again when it has grown by a tenth", async () => {
    const { own, observe } = started([100, 109, 111, 115, 130]);
    for (const _ of [1, 2, 3, 4, 5]) await observe(endpoint, async () => {});
    expect(own().map(({ MemoryMb }) => MemoryMb)).toEqual([100, 111, 130]);
  });

  test("read its memory once a second at most", () => {
    const read = [100, 130];
    let nowMs = 0;
    const memoryBytes = memoryReader(
      () => read.shift() ?? 0,
      () => nowMs,
    );
    const shown = [0, 1, 999, 1_000, 1_999].map((atMs) => {
      nowMs = atMs;
      return memoryBytes();
    });
    expect(shown).toEqual([100, 100, 100, 130, 130]);
  });

  test("are published for an invocation that fails too", async () => {
    const { own, observe } = started([100]);
    await expect(observe(endpoint, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(own()).toMatchObject([{ ColdStarts: 1 }]);
  });
});

test("every metric has a name that CloudWatch accepts, and a description", () => {
  for (const [name, meaning] of Object.entries(meanings)) {
    expect(name).toMatch(/^[A-Z][A-Za-z]+$/);
    expect(meaning).toMatch(/^[a-z]/);
  }
});

describe("a log line", () => {
  test("contains the ids of the invocation in which it was written", async () => {
    const lines: unknown[] = [];
    const log = createLog((line) => lines.push(JSON.parse(line)));
    const ids = { request_id: "gateway", function_request_id: "lambda" };
    await createObserver(() => {}).observe({ ...endpoint, ids }, async () =>
      log.warn("half done", { left: 2 }),
    );
    log.info("outside");
    const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/);
    expect(lines).toEqual([
      { level: "warn", timestamp: time, message: "half done", ...ids, left: 2 },
      { level: "info", timestamp: time, message: "outside" },
    ]);
  });
});

test("the refresh of a stale entry is logged with the id of the request that found the entry stale", async () => {
  const bodies: string[] = [];
  const url = "https://queue.example.com/Refreshes.fifo";
  const defer = createRefreshQueue({ url, send: async ({ body }) => void bodies.push(body) });
  const params = { problem: 1, admin: false };
  const task = { resource: "test_cases", key: "test_cases:problem:1", params, entryId: "stale" };
  const ids = { request_id: "gateway", function_request_id: "lambda" };
  await createObserver(() => {}).observe({ ...endpoint, ids }, () => defer(task));

  const lines: unknown[] = [];
  await refreshBatch({ Records: bodies.map((body) => ({ messageId: "1", body })) } as SQSEvent, {
    cache: new Cache({ store: new MemoryStore() }),
    source: uncached(() => Promise.reject(new Error("no database"))),
    log: createLog((line) => lines.push(JSON.parse(line))),
    remainingMs: () => 60_000,
  });
  expect(lines).toMatchObject([{ key: "test_cases:problem:1", request_id: "gateway" }]);
});

test("an endpoint publishes the number of its database reads and of its 500 answers", async () => {
  const { endpoint: define, metrics: lines } = setup();
  const handler = define("GET /api/problems/", {}, async (_, { tables }) => {
    await tables();
    throw new Error("broken");
  });
  await handler(httpEvent(), context);
  expect(lines).toMatchObject([
    { endpoint: "GET /api/problems/", DatabaseReads: 1, Errors: 1, DurationMs: expect.any(Number) },
  ]);
});

import { describe, expect, test } from "vitest";
import { createKept } from "@algoitny/functions/metrics/kept";
import { readEndpoints, readSeries } from "@algoitny/functions/metrics/series";
import { startsOf, windowFrom } from "@algoitny/functions/metrics/window";
import { createMetricStore } from "@algoitny/local/cloudwatch/metric-store";

const NOW = 1_800_000_005;

/** Numbers in the local cloud's store: each of the values is a log line that a function wrote `secondsAgo`. */
function source(values: readonly (readonly [metric: string, secondsAgo: number, value: number])[]) {
  const store = createMetricStore();
  for (const [name, secondsAgo, value] of values)
    store.add({ name, dimensions: { service: "test" } }, [value], (NOW - secondsAgo) * 1_000);
  return {
    store,
    service: "test",
    nowMs: NOW * 1_000,
    getMetrics: async (queries, window) =>
      queries.map(({ metric, statistic, dimensions }) => {
        const found = store.read({ name: metric, dimensions }, statistic, window);
        return new Map(found);
      }),
  } satisfies Parameters<typeof readSeries>[1] & { store: unknown };
}

describe("time series", () => {
  test("have a share of cached reads in intervals with reads, and a gap in those without", async () => {
    const numbers = source([
      ["Hits", 12, 3],
      ["Misses", 12, 1],
      ["Bypasses", 32, 1],
    ]);
    const { columns, totals } = await readSeries(windowFrom(NOW - 40, NOW, 10), numbers);
    expect(columns.hit).toEqual([0, 0, 0, 3, 0]);
    expect(columns.cached_percent).toEqual([null, 0, null, 75, null]);
    expect(totals).toMatchObject({ hit: 3, miss: 1, bypass: 1, cached_percent: 60 });
  });

  test("have no duration in intervals without measurements; the total is that of the slowest interval", async () => {
    const numbers = source([
      ["HitMs", 12, 4],
      ["HitMs", 32, 9],
    ]);
    const { columns, totals } = await readSeries(windowFrom(NOW - 40, NOW, 10), numbers);
    expect(columns.hit_p99_ms).toEqual([null, 9, null, 4, null]);
    expect(totals.hit_p99_ms).toBe(9);
    expect(totals.miss_p99_ms).toBeNull();
  });

  test("mark complete intervals: the last one is still going on", async () => {
    const series = await readSeries(windowFrom(NOW - 40, NOW, 10), source([]));
    expect(series.times).toHaveLength(5);
    expect(series).toMatchObject({ complete: 4, as_of: NOW, period_seconds: 10 });
  });

  test("of endpoints leave out those without requests", async () => {
    const numbers = source([]);
    const asked = { service: "test", endpoint: "GET /a/" };
    numbers.store.add({ name: "DurationMs", dimensions: asked }, [3, 5], NOW * 1_000);
    numbers.store.add({ name: "Hits", dimensions: asked }, [2], NOW * 1_000);
    const window = windowFrom(NOW - 40, NOW, 10);
    expect(await readEndpoints(["GET /a/", "GET /b/"], window, numbers)).toEqual({
      "GET /a/": {
        requests: 2,
        hit: 2,
        stale: 0,
        miss: 0,
        bypass: 0,
        errors: 0,
        p99_ms: 5,
        cached_percent: 100,
      },
    });
  });
});

test.each([
  [900, 10, 10],
  [900, 60, 60],
  [10_800, 10, 60],
  [86_400, 10, 300],
  [1_209_600, 60, 3_600],
])(
  "%d s, measured every %d s, are shown in intervals of %d s, at most 361",
  (range, finest, period) => {
    const window = windowFrom(NOW - range, NOW, finest);
    expect(window.periodSeconds).toBe(period);
    expect(window.from % period).toBe(0);
    expect(startsOf(window).length).toBeLessThanOrEqual(361);
    expect(startsOf(window).at(-1)).toBeLessThanOrEqual(NOW);
  },
);

test("an answer is requested once during its lifetime, and again after a failure", async () => {
  let [nowMs, asked] = [0, 0];
  const kept = createKept(1_000, () => nowMs);
  const ask = async () => (asked += 1);
  expect(await Promise.all([kept("a", ask), kept("a", ask), kept("b", ask)])).toEqual([1, 1, 2]);
  nowMs = 1_001;
  expect(await kept("a", ask)).toBe(3);
  const fail = () => Promise.reject(new Error("no answer"));
  await expect(kept("c", fail)).rejects.toThrow("no answer");
  expect(await kept("c", ask)).toBe(4);
});

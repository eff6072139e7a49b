import * as fc from "fast-check";
import { expect, test } from "vitest";
import { createMetricStore } from "@algoitny/local/cloudwatch/metric-store";

const hits = { name: "Hits", dimensions: { service: "a" } };
const start = 1_800_000_000;

test("sums and counts are exact for any period, and a percentile is within 2 % of the value at its rank", () => {
  const values = fc.array(fc.double({ min: 0.01, max: 1e5, noNaN: true }), { minLength: 1 });
  fc.assert(
    fc.property(values, fc.constantFrom(10, 60, 300), (all, periodSeconds) => {
      const store = createMetricStore();
      for (const [index, value] of all.entries())
        store.add(hits, [value], (start + (index % 290)) * 1_000);
      const window = { from: start, until: start + 300, periodSeconds };
      const total = (statistic: string) =>
        store.read(hits, statistic, window).reduce((sum, [, value]) => sum + value, 0);
      expect(total("SampleCount")).toBe(all.length);
      expect(total("Sum")).toBeCloseTo(
        all.reduce((sum, value) => sum + value, 0),
        3,
      );
      const [first] = store.read(hits, "p50", { ...window, periodSeconds: 300 });
      const ranked = all.toSorted((a, b) => a - b)[Math.ceil(all.length / 2) - 1] ?? 0;
      expect(Math.abs((first?.[1] ?? 0) / ranked - 1)).toBeLessThan(0.02);
    }),
  );
});

test("series differ by name and dimensions in any order, and intervals without values are left out", () => {
  const store = createMetricStore();
  store.add({ name: "Hits", dimensions: { service: "a", endpoint: "x" } }, [1], start * 1_000);
  store.add(hits, [5], (start + 30) * 1_000);
  const window = { from: start, until: start + 60, periodSeconds: 10 };
  const swapped = { name: "Hits", dimensions: { endpoint: "x", service: "a" } };
  expect(store.read(swapped, "Sum", window)).toEqual([[start, 1]]);
  expect(store.read(hits, "Sum", window)).toEqual([[start + 30, 5]]);
});

test("10-second intervals are kept for two hours, minutes for a day", () => {
  const store = createMetricStore();
  const hours = 3_600;
  for (const at of [0, 3 * hours, 25 * hours]) store.add(hits, [1], (start + at) * 1_000);
  const window = { from: start, until: start + 26 * hours };
  expect(store.read(hits, "Sum", { ...window, periodSeconds: 10 })).toHaveLength(1);
  expect(store.read(hits, "Sum", { ...window, periodSeconds: 60 })).toHaveLength(2);
});

import { confidenceSequence } from "@algoitny/functions/experiments/confidence-sequence";
import fc from "fast-check";
import { expect, test } from "vitest";
import { scale } from "../../support/scale.ts";
import {
  crossover,
  differences,
  dice,
  fixed,
  simulate,
  type Slot,
  type Traffic,
} from "./simulated-traffic.ts";

const traffic = (seed: number, trial: number): Traffic => ({
  keys: scale.experiments.keys,
  readsPerSecond: 50,
  usual: 300,
  trial,
  seed,
});

/** Number of pairs of slots after which two lifetimes are reported as different; undefined if they are not. */
function decidedAfter(values: readonly number[], least = 12): number | undefined {
  for (let n = least; n <= values.length; n += 1) {
    const { low, high } = confidenceSequence(values.slice(0, n))!;
    if (low > 0 || high < 0) return n;
  }
  return undefined;
}

const run = (seed: number, trial: number) =>
  differences(simulate(traffic(seed, trial), scale.experiments.slots, crossover(seed + 1_000_000)));

test("equal lifetimes are found different in at most 5 % of 1,000 experiments, however often their results are looked at", () => {
  const runs = Array.from({ length: 1_000 }, (_, seed) => decidedAfter(run(seed, 300)));
  expect(runs.filter((decided) => decided !== undefined).length).toBeLessThanOrEqual(50);
});

test("the interval is as wide as the theorem gives for 95 %", () => {
  const { mean, low, high } = confidenceSequence([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])!;
  // ρ² = (5.991 + ln 6.991) / 24 = 0.3307; √(2 · 4.307 / 33.07 · ln(√4.307 / 0.05)) = 0.9851, of a deviation of 3.028.
  expect([mean, low, high].map((value) => Math.round(1_000 * value) / 1_000)).toEqual([
    5.5, 2.517, 8.483,
  ]);
});

test("a longer lifetime is found to load less, within two days if it is twice as long", () => {
  for (let seed = 0; seed < 50; seed += 1) {
    const values = run(seed, 600);
    expect(decidedAfter(values)).toBeLessThanOrEqual(24);
    expect(confidenceSequence(values)!.high).toBeLessThan(0);
  }
});

test("a test of proportions between keys that stay in one arm finds a difference that does not exist", () => {
  const wrong = Array.from({ length: 100 }, (_, seed) =>
    areFarApart(simulate(traffic(seed, 300), 24, fixed(seed + 2_000_000))),
  );
  expect(wrong.filter(Boolean).length).toBeGreaterThan(80);
});

/** A single two-proportion z-test at 5 %. */
function areFarApart(slots: readonly Slot[]): boolean {
  const sum = (arm: "usual" | "trial", name: "reads" | "loads") =>
    slots.reduce((total, slot) => total + slot[arm][name], 0);
  const [a, b] = [sum("usual", "reads"), sum("trial", "reads")];
  const both = (sum("usual", "loads") + sum("trial", "loads")) / (a + b);
  const error = Math.sqrt(both * (1 - both) * (1 / a + 1 / b));
  return Math.abs(sum("usual", "loads") / a - sum("trial", "loads") / b) > 1.96 * error;
}

const value = fc.double({ min: -100, max: 100, noNaN: true });

test("the interval moves with the values and scales with them", () => {
  fc.assert(
    fc.property(
      fc.array(value, { minLength: 2, maxLength: 40 }),
      value,
      fc.double({ min: 0.1, max: 10, noNaN: true }),
      (values, shift, factor) => {
        const { mean, low, high } = confidenceSequence(values)!;
        const moved = confidenceSequence(values.map((each) => factor * each + shift))!;
        expect(moved.mean).toBeCloseTo(factor * mean + shift, 6);
        expect(moved.low).toBeCloseTo(factor * low + shift, 6);
        expect(moved.high).toBeCloseTo(factor * high + shift, 6);
        expect(low).toBeLessThanOrEqual(mean);
      },
    ),
  );
});

test("the interval is not much narrower than that of a single look, and narrows as values are added", () => {
  const random = dice(7);
  const values = Array.from({ length: 400 }, () => random() - 0.5);
  const widths = [12, 24, 100, 400].map((n) => {
    const { low, high } = confidenceSequence(values.slice(0, n))!;
    const deviation = Math.sqrt(1 / 12);
    expect((high - low) / 2).toBeGreaterThan((1.96 * deviation * 0.7) / Math.sqrt(n));
    return high - low;
  });
  expect(widths).toEqual(widths.toSorted((a, b) => b - a));
  expect(confidenceSequence([1])).toBeUndefined();
});

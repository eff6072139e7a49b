import { seededRandom } from "@algoitny/cache/testing/explore";
import { arrivals, weighted, zipf } from "@algoitny/ops/load/arrivals";
import type { Catalogue } from "@algoitny/ops/load/site-items";
import { drawFrom } from "@algoitny/ops/load/mix";
import { expect, test } from "vitest";

const DRAWS = 20_000;

const times = (seed: number, perSecond = 200) => [
  ...arrivals({ perSecond, durationMs: 60_000 }, seededRandom(seed)),
];

test("arrivals follow a Poisson process of the given rate, and are the same for the same seed", () => {
  const all = times(1);
  const gaps = all.slice(1).map((at, index) => at - (all[index] ?? 0));
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
  const variance = gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length;
  expect(mean).toBeGreaterThan(4.8);
  expect(mean).toBeLessThan(5.2);
  // The deviation of an exponential distribution equals its mean; evenly spaced arrivals would have none.
  expect(Math.sqrt(variance) / mean).toBeGreaterThan(0.95);
  expect(Math.sqrt(variance) / mean).toBeLessThan(1.05);
  expect(times(1)).toEqual(all);
  expect(times(2)).not.toEqual(all);
  expect(all.at(-1)).toBeLessThan(60_000);
});

test("by Zipf's law the first item is drawn twice as often as the second, and ten times as often as the tenth", () => {
  const draw = zipf(Array.from({ length: 100 }, (_, index) => index));
  const random = seededRandom(3);
  const counts = Array.from({ length: 100 }, () => 0);
  for (let round = 0; round < DRAWS; round += 1) counts[draw(random)]! += 1;
  const [first = 0, second = 0] = counts;
  expect(first / second).toBeGreaterThan(1.8);
  expect(first / second).toBeLessThan(2.2);
  expect(first / (counts[9] ?? 0)).toBeGreaterThan(8);
  expect(first / (counts[9] ?? 0)).toBeLessThan(12.5);
  expect(counts.at(-1)).toBeGreaterThan(0);
});

test("an item without a share is never drawn, at either end of the random numbers", () => {
  const draw = weighted([
    { item: "a", share: 1 },
    { item: "none", share: 0 },
    { item: "b", share: 1 },
  ]);
  expect([0, 0.499, 0.5, 1 - Number.EPSILON].map((number) => draw(() => number))).toEqual([
    "a",
    "a",
    "b",
    "b",
  ]);
});

const CATALOGUE: Catalogue = {
  problems: Array.from({ length: 250 }, (_, index) => ({
    id: index + 1,
    platform: index % 2 ? "baekjoon" : "codeforces",
    title: `Title ${index}`,
  })),
  platforms: ["codeforces", "baekjoon"],
  executions: [7],
};

test("one in twenty requests of the mix `site` writes, and none of the mix `reads`", () => {
  const share = (mix: "site" | "reads", catalogue = CATALOGUE) => {
    const [draw, random] = [drawFrom(mix, catalogue), seededRandom(5)];
    const all = Array.from({ length: DRAWS }, () => draw(random));
    const of = (wanted: (endpoint: string) => boolean) =>
      all.filter(({ endpoint }) => wanted(endpoint)).length / DRAWS;
    return {
      writes: of((endpoint) => !endpoint.startsWith("GET ")),
      details: of((endpoint) => endpoint === "GET /api/problems/{id}/"),
    };
  };
  expect(share("site").writes).toBeGreaterThan(0.045);
  expect(share("site").writes).toBeLessThan(0.055);
  expect(share("site").details).toBeGreaterThan(0.43);
  expect(share("site").details).toBeLessThan(0.47);
  expect(share("reads").writes).toBe(0);
  // Without public executions the other kinds share their part.
  expect(share("site", { ...CATALOGUE, executions: [] }).details).toBeGreaterThan(0.45);
});

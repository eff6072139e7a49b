import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { type Bill, costOf } from "@algoitny/functions/cost/model";
import { work } from "@algoitny/functions/cost/prices";
import { timetable } from "@algoitny/core/timetable";
import { routes } from "@algoitny/functions/deployment/routes";
import { metrics } from "@algoitny/functions/telemetry/metrics";
import { fixedCosts } from "@algoitny/ops/cost/fixed";
import { describe, expect, test } from "vitest";

const question = { region: "us-east-1", requests: 1e6, hit: 0.95, readUnits: 100 } as const;

const planCount = Object.values(timetable).flatMap(({ plans }) => plans).length;

describe("cost of a million reads", () => {
  test("at 95% from the cache: one command a hit and three a miss, and 5% of the reads", () => {
    const { commands, inside, cached, uncached } = costOf(question);
    expect([commands, inside.commands]).toEqual([1_100_000, 2_600_000]);
    expect(inside.redis).toBeCloseTo(5.2);
    expect(cached.redis).toBeCloseTo(2.2);
    expect(cached.database).toBeCloseTo(0.625);
    expect(uncached.database).toBeCloseTo(12.5);
    expect(uncached.redis).toBe(0);
  });

  test("is the sum of its parts", () => {
    const { cached } = costOf(question);
    const { total, ...parts } = cached;
    expect(Object.values(parts).reduce((sum, part) => sum + part)).toBeCloseTo(total, 10);
  });

  test("depends on the region", () => {
    const { total } = costOf({
      ...question,
      region: "eu-west-1",
      readUnits: work.readUnits,
    }).cached;
    expect(total).toBeCloseTo(4.34, 2);
  });

  test.each([
    ["us-east-1", 1, 0.125, 0.5],
    ["us-east-2", 1, 0.125, 0.5],
    ["us-west-2", 1, 0.125, 0.5],
    ["eu-west-1", 1.11, 0.1415, 0.57],
    ["eu-central-1", 1.2, 0.1525, 0.63],
    ["ap-northeast-1", 1.29, 0.1425, 0.76],
    ["ap-northeast-2", 1.23, 0.1355, 0.76],
  ] as const)("in %s has AWS's prices of that region", (region, gateway, readUnits, logGb) => {
    const { uncached } = costOf({ ...question, region, readUnits: 1 });
    expect(uncached.gateway).toBeCloseTo(gateway, 6);
    expect(uncached.database).toBeCloseTo(readUnits, 6);
    expect(uncached.logs).toBeCloseTo((logGb * 1e6 * work.logBytes) / 1e9, 6);
  });

  test("includes a metric for each one that an endpoint or a plan usually publishes", () => {
    const counted = Object.keys(metrics).length + Object.keys(routes).length * 4 + planCount * 6;
    expect(fixedCosts("us-east-1").metrics).toBeCloseTo(counted * 0.3, 6);
  });

  test("includes a beat a minute with eight probes a shard, and for each shard a batch with one command", () => {
    const units = 193 * 0.625 + 32 * 2 + 25 * 0.2;
    const rest = 25 * work.logBytes * 0.000_5 + (1 + 24 * 0.005) * 13.333_4;
    expect(fixedCosts("us-east-1").beat).toBeCloseTo((43_800 * (units + rest)) / 1e6, 6);
  });

  test("without hits is more than without the cache, which saves nothing then", () => {
    const { cached, uncached, paysFromReadUnits } = costOf({ ...question, hit: 0 });
    expect(cached.total).toBeGreaterThan(uncached.total);
    expect(paysFromReadUnits).toBe(Infinity);
  });

  test.each([0.5, 0.95, 1])(
    "is the same with and without the cache at the break-even point (%d)",
    (hit) => {
      const { paysFromReadUnits } = costOf({ ...question, hit });
      const { cached, uncached } = costOf({ ...question, hit, readUnits: paysFromReadUnits });
      expect(cached.total).toBeCloseTo(uncached.total, 6);
    },
  );
});

describe("npm run cost", () => {
  const run = (...flags: string[]) =>
    execFileSync(process.execPath, ["packages/ops/src/cli/cost.ts", ...flags], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });

  test("prints a table", () => {
    const text = run("--requests", "1e6", "--hit", "0.95");
    expect(text).toMatch(/^1,000,000 reads, 95% from the cache/);
    expect(text).toContain(
      "If Upstash also bills commands inside of scripts: 2,600,000, for $5.20.",
    );
    expect(text).toMatch(/Upstash, commands +\$2\.20 +–/);
  });

  test.each([
    ["13", "here it makes answers faster"],
    ["24", "here it does, but not if Upstash bills commands inside of scripts."],
    ["100", "here it does, also if Upstash bills commands inside of scripts."],
  ])("says for %s read units a miss whether the cache pays for itself", (units, verdict) => {
    expect(run("--read-units", units)).toContain(verdict);
  });

  test("prints one JSON object with --json", () => {
    expect(JSON.parse(run("--requests", "2e6", "--hit", "0.5", "--json"))).toMatchObject({
      requests: 2_000_000,
      hit: 0.5,
      commands: 4_000_000,
      monthly: { dashboard: 3, beat: expect.closeTo(9.45, 2) },
    });
  });

  test("explains its flags with --help", () => {
    for (const flag of ["--requests", "--hit", "--read-units", "--json"])
      expect(run("--help")).toContain(flag);
  });

  test("prints the numbers of docs/cost.md", () => {
    const page = readFileSync("docs/cost.md", "utf8");
    const { cached, uncached, paysFromReadUnits } = costOf({
      ...question,
      readUnits: work.readUnits,
    });
    const dollars = ({ total }: Bill) => `$${total.toFixed(2)}`;
    expect(page).toContain(`| **${dollars(cached)}** | **${dollars(uncached)}** |`);
    expect(page).toContain(`${work.readUnits} read units a load`);
    expect(page).toContain(`about ${Math.round(paysFromReadUnits)} at 95% hits`);
  });

  test.each([
    ["--hit", "2"],
    ["--region", "moon-1"],
    ["--requests", "many"],
    ["--requests", ""],
    ["--hits", "1"],
  ])("refuses %s %s with an example", (...flags) => {
    expect(() => run(...flags)).toThrow(/Usage: npm run cost/);
  });
});

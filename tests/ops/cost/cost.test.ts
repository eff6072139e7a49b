import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { type Bill, costOf } from "@algoitny/ops/cost/model";
import { work } from "@algoitny/ops/cost/prices";
import { describe, expect, test } from "vitest";

const question = { region: "us-east-1", requests: 1e6, hit: 0.95, readUnits: 100 } as const;

describe("what a million reads cost", () => {
  test("at 95% from the cache: one command a hit and three a miss, and 5% of the reads", () => {
    const { commands, inside, cached, uncached } = costOf(question);
    expect([commands, inside.commands]).toEqual([1_100_000, 1_550_000]);
    expect(inside.redis).toBeCloseTo(3.1);
    expect(cached.redis).toBeCloseTo(2.2);
    expect(cached.database).toBeCloseTo(0.625);
    expect(uncached.database).toBeCloseTo(12.5);
    expect(uncached.redis).toBe(0);
  });

  test("adds up", () => {
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
    expect(total).toBeCloseTo(4.69, 2);
  });

  test("without hits: more than without the cache, which then saves nothing", () => {
    const { cached, uncached, paysFromReadUnits } = costOf({ ...question, hit: 0 });
    expect(cached.total).toBeGreaterThan(uncached.total);
    expect(paysFromReadUnits).toBe(Infinity);
  });

  test.each([0.5, 0.95, 1])(
    "is the same with and without at the point where it pays (%d)",
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
    expect(text).toContain("If Upstash bills those inside of scripts too: 1,550,000, for $3.10.");
    expect(text).toMatch(/Upstash, commands +\$2\.20 +–/);
  });

  test("prints one JSON object with --json", () => {
    expect(JSON.parse(run("--requests", "2e6", "--hit", "0.5", "--json"))).toMatchObject({
      requests: 2_000_000,
      hit: 0.5,
      commands: 4_000_000,
      monthly: { dashboard: 3 },
    });
  });

  test("explains its flags with --help", () => {
    for (const flag of ["--requests", "--hit", "--read-units", "--json"])
      expect(run("--help")).toContain(flag);
  });

  test("says what docs/deploy.md says it costs", () => {
    const page = readFileSync("docs/deploy.md", "utf8");
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
  ])("says what to write instead of %s %s", (...flags) => {
    expect(() => run(...flags)).toThrow(/Usage: npm run cost/);
  });
});

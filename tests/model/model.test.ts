import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { explore } from "./explore-model.ts";
import { partsOf } from "./model-parts.ts";
import { shrink } from "./shrink.ts";
import { MUTATIONS } from "./mutations.ts";
import { scale } from "../support/scale.ts";
import { timeline } from "./timeline.ts";

const { modelRuns: RUNS } = scale;
const MAIN = join(import.meta.dirname, "model-command.ts");

test(`${RUNS} interleavings keep every promise`, { timeout: 120_000 }, async () => {
  const { runs, steps, broken } = await explore({ seed: 1, runs: RUNS });
  expect(broken).toBeUndefined();
  console.log(`${runs} interleavings, ${steps} steps: every promise was kept`);
  expect(runs).toBe(RUNS);
  // On average, a run is long enough for conflicts.
  expect(steps / runs).toBeGreaterThan(20);
});

test("a counterexample is reduced to the steps that it needs, and printed as a timeline", async () => {
  const mutation = MUTATIONS["a missing stamp counts as unchanged"];
  const { broken } = await explore({ seed: 1, runs: 1_000, mutation });
  if (broken === undefined) throw new Error("not found");
  const small = await shrink(broken, mutation);
  expect(small.choices.length).toBeLessThan(broken.choices.length);
  const lines = (await timeline(small, mutation)).split("\n");
  expect(lines[0]).toMatch(/^ +ms {2}who +what$/);
  expect(lines.some((line) => /^ +\d+ {2}[ABC] +\w+ .*has returned$/.test(line))).toBe(true);
  expect(lines.at(-2)).toBe("BROKEN: never stale after an invalidation");
  expect(lines.length).toBeLessThan(30);
});

test("many interleavings are divided among processes, each seed once", () => {
  const parts = partsOf({ seed: 7, runs: 25_001 }, 2);
  expect(parts).toEqual([
    { seed: 7, runs: 12_501 },
    { seed: 12_508, runs: 12_500 },
  ]);
  expect(partsOf({ seed: 7, runs: 19_999 }, 8)).toEqual([{ seed: 7, runs: 19_999 }]);
});

describe("the model's command", () => {
  const model = (...args: string[]) => promisify(execFile)(process.execPath, [MAIN, ...args]);

  test("prints its exploration as JSON", async () => {
    const { stdout } = await model("--runs", "300", "--seed", "7", "--json");
    expect(JSON.parse(stdout)).toMatchObject({ runs: 300, seed: 7, broken: null });
  });

  test("prints the counterexample of a broken rule, and finds it again by its seed", async () => {
    const broken = ["--mutation", "a missing stamp counts as unchanged", "--json"];
    const found = await model("--runs", "1000", ...broken).catch((error) => error);
    const { broken: first } = JSON.parse(found.stdout);
    const again = await model("--runs", "1", "--seed", `${first.seed}`, ...broken).catch(
      (error) => error,
    );
    expect([found.code, again.code]).toEqual([1, 1]);
    expect(JSON.parse(again.stdout).broken.timeline).toBe(first.timeline);
  });
});

import { enginesFromEnvironment } from "@algoitny/local/engines";
import { generateProblems } from "./generated.ts";
import { storm, type StormOptions } from "./storm.ts";
import { expect, inject, test } from "vitest";
import { scale } from "../support/scale.ts";

const { problems: PROBLEMS, writes: WRITES, rareKinds: RARE_KINDS, checks: CHECKS } = scale.storm;

/** The import's own limit, for as many problems as Codeforces had in November 2018. */
const IMPORTED_WITHIN_SECONDS = 120;

/** Told with a failure. Writes at the same time race differently each time, so that a seed repeats a storm only nearly. */
const SEED = Date.now() % 2 ** 31;

function brew(options: Partial<StormOptions>) {
  const { redis, dynamodb } = enginesFromEnvironment();
  return storm({
    writes: WRITES,
    seed: SEED,
    readers: 8,
    functions: new URL(inject("functions")),
    problems: generateProblems(PROBLEMS),
    engines: { redis: { ...redis, engine: redis.engine ?? "embedded" }, dynamodb },
    ...options,
  });
}

test(
  `${PROBLEMS} problems are imported in two minutes, then ${WRITES} writes of every kind to two API processes leave 8 readers no stale answer`,
  { timeout: 600_000 },
  async () => {
    const lines: string[] = [];
    const log = (line: string) => lines.push(line);
    // Few of the reads that a write affects, drawn at random, by either process: so the suite stays quick.
    const report = await brew({ checks: CHECKS, log });
    expect(report.stale, `seed ${SEED}`).toEqual([]);
    expect(report.import_seconds).toBeLessThan(IMPORTED_WITHIN_SECONDS);
    expect(report.writes).toBe(WRITES);
    const rare = Object.values(report.by_kind).filter((count) => count <= WRITES / 100);
    expect(rare.length).toBeLessThanOrEqual(RARE_KINDS);
    expect(report.answers.own).toBeGreaterThan(1.5 * CHECKS * WRITES);
    expect(report.answers.reader).toBeGreaterThan(WRITES / 2);
    expect(report.answers.final).toBeGreaterThan(WRITES / 4);
    // It proves nothing unless answers come from the cache.
    expect(report.caches["hit"]).toBeGreaterThan(WRITES / 4);
    const story = ["imported", "writes", "progress", "drained", "verified"];
    expect(lines.map((line) => line.split(" ")[0])).toEqual(expect.arrayContaining(story));
  },
);

test("a storm without invalidations finds a stale answer, and tells its story", async () => {
  const isInvalidation = ([name, key]: readonly unknown[]) =>
    String(name).toUpperCase() === "DEL" && String(key).includes(":tag:");
  const report = await brew({
    problems: generateProblems(20),
    intercept: (commands, run) =>
      commands.every(isInvalidation) ? Promise.resolve(commands.map(() => 1)) : run(),
  });
  const [first] = report.stale;
  expect(report.writes).toBeLessThan(WRITES);
  expect(first?.wrong).toMatch(/must be|leaves out|not to be seen/);
  const story = first?.story.join("\n") ?? "";
  expect(story).toMatch(/^\d\d:\d\d:\d\d\.\d{3} {2}/);
  expect(story).toContain("sent to process");
  expect(story).toContain(": 200 hit");
});

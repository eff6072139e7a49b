import { enginesFromEnvironment } from "@algoitny/local/engines";
import { redisServerVersion } from "@algoitny/local/redis/redis-server";
import { faultNames } from "./faulty-redis.ts";
import { generateProblems } from "./generated.ts";
import { mixes } from "./mixes.ts";
import { storm } from "./storm.ts";
import { expect, inject, test } from "vitest";
import { scale } from "../support/scale.ts";

/** The time limit of the import, for as many problems as Codeforces had in November 2018. */
const IMPORTED_WITHIN_SECONDS = 120;

/** Printed with a failure. Concurrent writes race differently each time, so a seed repeats a storm only approximately. */
const SEED = Date.now() % 2 ** 31;

test.each(scale.storms)(
  "$problems problems are imported in two minutes, a planted bug is found, then $writes writes ($mix) to two API processes leave 4 readers no stale answer",
  { timeout: 600_000 },
  async ({ mix: name, problems, writes, rareKinds, checks, faults, recentShare }) => {
    const mix = mixes[name];
    const { redis, dynamodb } = enginesFromEnvironment();
    const lines: string[] = [];
    const isFaulty = faults > 0 && (await redisServerVersion()) !== undefined;
    // Only a few random questions of those that a write affects, to keep the suite fast.
    const report = await storm({
      writes,
      seed: SEED,
      readers: 4,
      mix,
      checks,
      functions: new URL(inject("functions")),
      problems: generateProblems(problems),
      engines: { redis: { ...redis, engine: redis.engine ?? "embedded" }, dynamodb },
      faults: isFaulty,
      log: (line) => lines.push(line),
    });
    expect(report.stale, `seed ${SEED}`).toEqual([]);
    expect(report.failed, `seed ${SEED}`).toEqual([]);
    expect(report.import_seconds).toBeLessThan(IMPORTED_WITHIN_SECONDS);
    expect(report.writes).toBe(writes);
    const mixed = Object.entries(report.by_kind).filter(([kind]) => kind in mix.weights);
    const rare = mixed.filter(([, count]) => count <= writes / 100);
    expect(rare.length).toBeLessThanOrEqual(rareKinds);
    const { own, reader, final } = report.answers;
    expect(own).toBeGreaterThan(1.5 * checks * writes);
    expect(reader).toBeGreaterThan(writes / 2);
    expect(final).toBeGreaterThan(writes / 4);
    // The storm proves nothing unless changed data comes from the cache again.
    expect(report.caches["hit"]).toBeGreaterThan((own + reader) / 3);
    expect(report.recent_hits).toBeGreaterThanOrEqual(
      (own + reader) * recentShare * mix.recentHits,
    );
    expect(report.late_copies).toBeGreaterThan(0);
    const happened = faultNames.filter((fault) => report.faults[fault] > 0);
    expect(happened.length).toBeGreaterThanOrEqual(isFaulty ? faults : 0);
    const story = ["imported", "planted", "writes", "drained", "verified"];
    expect(lines.map((line) => line.split(" ")[0])).toEqual(expect.arrayContaining(story));

    const { found } = report.planted;
    expect(found.wrong).toMatch(/must be|leaves out|not to be seen/);
    expect(found.story.join("\n")).toMatch(
      /^\d\d:\d\d:\d\d\.\d{3} {2}[^]*(sent to process|in DynamoDB)[^]*: (200 (?:hit|miss)|404 -)/,
    );
  },
);

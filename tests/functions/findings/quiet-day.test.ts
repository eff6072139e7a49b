import { findFaults, windowOfFindings } from "@algoitny/functions/findings/find-faults";
import { columns, type ColumnName } from "@algoitny/functions/metrics/columns";
import type { Series } from "@algoitny/functions/metrics/series";
import { startsOf } from "@algoitny/functions/metrics/window";
import { expect, test } from "vitest";
import { dice } from "../experiments/simulated-traffic.ts";

type Row = Partial<Record<ColumnName | "cached_percent", number | null>>;

const PERIOD_SECONDS = 60;
const START = 1_800_000_000;
const NAMES = [...Object.keys(columns), "cached_percent"] as ColumnName[];

/** A minute of a healthy stage: the number of reads and of hits varies by chance. */
function minute(random: () => number, readsPerMinute: number, hitShare: number): Row {
  const chances = 4 * readsPerMinute;
  const drawn = Array.from({ length: chances }, () => random() < 1 / 4);
  const hits = drawn.map((isRead) => isRead && random() < hitShare);
  const [reads, hit] = [drawn, hits].map((list) => list.filter(Boolean).length) as [number, number];
  const miss = reads - hit;
  const slow = (median: number) => median * Math.exp(random());
  return {
    hit,
    miss,
    absent: miss,
    loads: miss,
    cached_percent: reads === 0 ? null : (100 * hit) / reads,
    redis_p50_ms: hit === 0 ? null : slow(2),
    redis_p99_ms: hit === 0 ? null : slow(10),
    load_p99_ms: miss === 0 ? null : slow(100),
    closed_age_ms: slow(400),
    tags_invalidated: 6 * Math.floor(2 * random()),
    verified: Math.min(6, hit),
  };
}

/** The numbers of the hour before a minute. */
function seriesAt(rows: readonly Row[], end: number): Series {
  const now = START + end * PERIOD_SECONDS;
  const times = startsOf(windowOfFindings(now, PERIOD_SECONDS));
  const first = ((times[0] ?? START) - START) / PERIOD_SECONDS;
  const part = times.map((_, index) => rows[first + index] ?? {});
  const empty = (name: string) => (/_ms$|_percent$/.test(name) ? null : 0);
  const filled = NAMES.map((name) => [name, part.map((row) => row[name] ?? empty(name))]);
  return {
    service: "test",
    period_seconds: PERIOD_SECONDS,
    times,
    complete: times.length - 1,
    as_of: now,
    columns: Object.fromEntries(filled),
    totals: {} as Series["totals"],
  };
}

test("half a day with 15 reads a minute, four of five of them hits, has no finding", () => {
  const random = dice(7);
  const rows = Array.from({ length: 13 * 60 }, () => minute(random, 15, 0.8));
  const found = new Set<string>();
  // A finding stays for three minutes.
  for (let end = 70; end < rows.length; end += 2)
    for (const { sentence } of findFaults(seriesAt(rows, end))) found.add(sentence);
  expect([...found]).toEqual([]);
});

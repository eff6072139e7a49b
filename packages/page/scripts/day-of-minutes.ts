import type { Series } from "../web/answers.ts";

/** Columns that the page's charts read. */
export const COLUMNS =
  "hit stale miss bypass absent expired invalidated unconfirmed outdated hit_p50_ms hit_p99_ms miss_p50_ms miss_p99_ms redis_p50_ms redis_p99_ms redis_failures tags_invalidated closed_age_ms verified overtaken verified_stale waited loads loads_failed load_p99_ms database_reads records records_failed record_age_ms warmed warming_failed errors".split(
    " ",
  );

/** Minutes of a day. */
export const POINTS = 1_440;

const START_SECONDS = 1_800_000_000;

/** A day of minutes for some columns, with values that differ from seed to seed. */
export function dayOf(columns: readonly string[], seed: number): Series {
  const value = (column: number, at: number) =>
    Math.round(50 + 40 * Math.sin((at + 31 * seed) / (20 + column)) + ((at * 7 + column) % 9));
  return {
    service: "algoitny",
    period_seconds: 60,
    times: Array.from({ length: POINTS }, (_, at) => START_SECONDS + 60 * at),
    complete: POINTS,
    as_of: START_SECONDS + 60 * POINTS,
    columns: Object.fromEntries(
      columns.map((name, column) => [
        name,
        Array.from({ length: POINTS }, (_, at) => value(column, at)),
      ]),
    ),
    totals: {},
    endpoints: {},
  };
}

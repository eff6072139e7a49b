import type { Panel } from "./chart.tsx";
import type { Series } from "./answers.ts";

const perSecond = (column: string) => (series: Series) =>
  (series.columns[column] ?? []).map((value) =>
    value === null ? null : Math.round((10 * value) / series.period_seconds) / 10,
  );
const perMinute = (column: string) => (series: Series) =>
  (series.columns[column] ?? []).map((value) =>
    value === null ? null : Math.round((value * 60) / series.period_seconds),
  );
/** Milliseconds as seconds: thousands would make counts per minute in the same chart invisible. */
const inSeconds = (column: string) => (series: Series) =>
  (series.columns[column] ?? []).map((value) => (value === null ? null : value / 1_000));
const asIs = (column: string) => (series: Series) => series.columns[column] ?? [];

/** The dashboard's charts, in their order on the page. */
export const panels: readonly Panel[] = [
  {
    title: "Outcomes",
    unit: "requests a second",
    lines: [
      { label: "hit", values: perSecond("hit") },
      { label: "stale", values: perSecond("stale") },
      { label: "miss", values: perSecond("miss") },
      { label: "bypass", values: perSecond("bypass") },
    ],
  },
  {
    title: "Causes of misses",
    unit: "misses a minute",
    lines: [
      { label: "absent", values: perMinute("absent") },
      { label: "expired", values: perMinute("expired") },
      { label: "invalidated", values: perMinute("invalidated") },
      { label: "unconfirmed", values: perMinute("unconfirmed") },
      { label: "outdated", values: perMinute("outdated") },
    ],
  },
  {
    title: "Response times",
    unit: "ms in the function",
    lines: [
      { label: "hit p50", values: asIs("hit_p50_ms") },
      { label: "hit p99", values: asIs("hit_p99_ms") },
      { label: "miss p50", values: asIs("miss_p50_ms") },
      { label: "miss p99", values: asIs("miss_p99_ms") },
    ],
  },
  {
    title: "Redis",
    unit: "ms; failures a minute",
    lines: [
      { label: "p50", values: asIs("redis_p50_ms") },
      { label: "p99", values: asIs("redis_p99_ms") },
      { label: "failures", values: perMinute("redis_failures") },
    ],
  },
  {
    title: "Invalidation",
    unit: "tags a minute; s behind",
    lines: [
      { label: "tags", values: perMinute("tags_invalidated") },
      { label: "behind", values: inSeconds("closed_age_ms") },
    ],
  },
  {
    title: "Background work",
    unit: "a minute; s old",
    lines: [
      { label: "records", values: perMinute("records") },
      { label: "warmed", values: perMinute("warmed") },
      { label: "not warmed", values: perMinute("warming_failed") },
      { label: "oldest record", values: inSeconds("record_age_ms") },
    ],
  },
  {
    title: "Database",
    unit: "a minute; ms",
    lines: [
      { label: "loads", values: perMinute("loads") },
      { label: "reads", values: perMinute("database_reads") },
      { label: "load p99", values: asIs("load_p99_ms") },
    ],
  },
  {
    title: "Checked hits",
    unit: "checks a minute",
    lines: [
      { label: "as the table says", values: perMinute("verified") },
      { label: "overtaken", values: perMinute("overtaken") },
      { label: "old", values: perMinute("verified_stale") },
    ],
  },
  {
    title: "Waits and failures",
    unit: "a minute",
    lines: [
      { label: "waited", values: perMinute("waited") },
      { label: "loads failed", values: perMinute("loads_failed") },
      { label: "records again", values: perMinute("records_failed") },
      { label: "errors", values: perMinute("errors") },
    ],
  },
];

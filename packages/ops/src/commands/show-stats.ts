import { type Command, UsageError } from "./ops-command.ts";
import type { MetricsAnswer } from "@algoitny/functions/openapi/function-answers";
import { number, sparkline, table, timeOf } from "./terminal-text.ts";

const RANGES = ["15m", "1h", "3h", "24h", "14d"];
const OUTCOMES = ["hit", "stale", "miss", "bypass"] as const;
const REASONS = ["absent", "expired", "invalidated", "unconfirmed", "outdated"] as const;

/** Outcomes of requests, reasons of misses, times, and what is stored. */
export const stats: Command = {
  summary: "show outcomes of requests, reasons of misses, times, and stored entries",
  teaches: `A request that read a cached view is one of hit, stale (an entry past its lifetime), miss (it waited for a load) and
bypass (answered without the cache: Redis could not be used). "cached %" is the share of hit and stale in all four; the line
of bars shows it for each interval from the first with reads to the last, with a gap for an interval without reads. Times
are those of the functions. A checked hit was compared with the table: it agreed, was overtaken (invalidated before the
check) or was stale. "beat ms": each beat confirmed all changes older than that.`,
  flags: {
    since: { type: "string", value: "RANGE", help: `${RANGES.join(", ")} (3h)` },
    by: {
      type: "string",
      value: "WHAT",
      help: "endpoint: a row for each endpoint; resource: each resource's number of entries stored now, whatever --since is",
    },
  },
  examples: ["stats --since 15m --watch", "stats --by endpoint"],
  watches: true,
  async run({ flags }, { api, answers, note, stage }) {
    const { since = "3h", by } = flags;
    if (!RANGES.includes(String(since)))
      throw new UsageError(`--since ${String(since)}: write one of ${RANGES.join(", ")}`);
    if (by !== undefined && by !== "endpoint" && by !== "resource")
      throw new UsageError(`--by ${String(by)}: write endpoint or resource`);
    if (by === "resource") {
      const stored = answers.CacheStats.parse(await api.call("GET", "/api/ops/cache/stats/"));
      const rows = Object.entries(stored.by_resource).toSorted(([, a], [, b]) => b - a);
      const rest = stored.complete ? "" : "\nTime ran out: there are more entries than these.";
      return { data: stored, text: table(["resource", "entries"], rows) + rest };
    }
    const path = `/api/ops/metrics/?range=${String(since)}${by === undefined ? "" : "&by=endpoint"}`;
    const series = answers.MetricsAnswer.parse(await api.call("GET", path));
    if (stage.name === "local") note("the numbers of a local cloud begin with its start");
    return { data: series, text: by === undefined ? textOf(series) : endpointsOf(series) };
  },
};

function textOf({
  totals,
  columns,
  times,
  as_of: asOf,
}: ReturnType<typeof MetricsAnswer.parse>): string {
  const total = (name: string) => totals[name] ?? null;
  const misses = totals["miss"] ?? 0;
  const reasons = REASONS.filter((name) => (totals[name] ?? 0) > 0).map(
    (name) => `${name} ${number(totals[name] ?? 0)}`,
  );
  const timesOf = (name: string) => [total(`${name}_p50_ms`), total(`${name}_p99_ms`)];
  return [
    `${timeOf(times[0] ?? asOf)} – ${timeOf(asOf)}`,
    table(
      [...OUTCOMES, "cached %", "errors"],
      [[...OUTCOMES.map(total), total("cached_percent"), total("errors")]],
    ),
    ...(misses > 0 ? [`misses: ${reasons.join(", ")}`] : []),
    `cached  ${sparkline(columns["cached_percent"] ?? []).trim()}`.trimEnd(),
    "",
    table(
      ["slowest interval, ms", "p50", "p99"],
      [
        ["hit", ...timesOf("hit")],
        ["  of it the cache", ...timesOf("redis")],
        ["miss", ...timesOf("miss")],
        ["load", null, total("load_p99_ms")],
      ],
    ),
    "",
    table(
      [
        "loads",
        "failed",
        "waited",
        "database reads",
        "tags invalidated",
        "Redis failures",
        "beat ms",
      ],
      [
        ["loads", "loads_failed", "waited", "database_reads", "tags_invalidated", "redis_failures"]
          .map(total)
          .concat(total("closed_age_ms")),
      ],
    ),
    "",
    table(
      ["checked hits: agree", "overtaken", "stale"],
      [[total("verified"), total("overtaken"), total("verified_stale")]],
    ),
  ].join("\n");
}

function endpointsOf({ endpoints = {} }: ReturnType<typeof MetricsAnswer.parse>): string {
  const names = ["requests", ...OUTCOMES, "cached_percent", "errors", "p99_ms"];
  const rows = Object.entries(endpoints)
    .toSorted(([, a], [, b]) => (b["requests"] ?? 0) - (a["requests"] ?? 0))
    .map(([endpoint, totals]) => [endpoint, ...names.map((name) => totals[name])]);
  return table(["endpoint", "requests", ...OUTCOMES, "cached %", "errors", "p99 ms"], rows);
}

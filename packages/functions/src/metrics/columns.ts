import type { MetricName } from "../telemetry/metrics.ts";
import { OUTCOMES } from "../telemetry/outcome.ts";

/** Statistics of CloudWatch that are asked for. */
export type Statistic = "Sum" | "SampleCount" | "Maximum" | "p50" | "p99";

export interface Column {
  metric: MetricName;
  statistic: Statistic;
}

const sum = (metric: MetricName): Column => ({ metric, statistic: "Sum" });

/** Requests by outcome: the only definition, from which every reader of numbers takes them. */
const outcomes = {
  hit: sum(OUTCOMES.hit),
  stale: sum(OUTCOMES.stale),
  miss: sum(OUTCOMES.miss),
  bypass: sum(OUTCOMES.bypass),
};

/** Columns of the whole service: name in answers → metric and statistic of an interval. Times in ms. */
export const columns = {
  ...outcomes,
  absent: sum("MissesAbsent"),
  expired: sum("MissesExpired"),
  invalidated: sum("MissesInvalidated"),
  unconfirmed: sum("MissesUnconfirmed"),
  outdated: sum("MissesOutdated"),
  hit_p50_ms: { metric: "HitMs", statistic: "p50" },
  hit_p99_ms: { metric: "HitMs", statistic: "p99" },
  miss_p50_ms: { metric: "MissMs", statistic: "p50" },
  miss_p99_ms: { metric: "MissMs", statistic: "p99" },
  redis_p50_ms: { metric: "CacheMs", statistic: "p50" },
  redis_p99_ms: { metric: "CacheMs", statistic: "p99" },
  loads: sum("Loads"),
  loads_failed: sum("LoadsFailed"),
  load_p99_ms: { metric: "LoadMs", statistic: "p99" },
  waited: sum("Waited"),
  not_stored: sum("FillsRefused"),
  redis_failures: sum("StoreFailures"),
  redis_refusals: sum("StoreRefusals"),
  breaker_openings: sum("BreakerOpenings"),
  database_reads: sum("DatabaseReads"),
  tags_invalidated: sum("TagsInvalidated"),
  closed_age_ms: { metric: "ClosedAgeMs", statistic: "Maximum" },
  store_resets: sum("StoreResets"),
  records: sum("Records"),
  records_failed: sum("RecordsFailed"),
  record_age_ms: { metric: "BatchAgeMs", statistic: "Maximum" },
  warmed: sum("Warmed"),
  warming_failed: sum("WarmingFailed"),
  verified: sum("HitsVerified"),
  overtaken: sum("HitsOvertaken"),
  verified_stale: sum("HitsStale"),
  errors: sum("Errors"),
} as const satisfies Record<string, Column>;

/** Columns of one arm of an experiment. */
export const armColumns = {
  ...outcomes,
  loads: columns.loads,
  errors: columns.errors,
  verified_stale: columns.verified_stale,
} as const satisfies Record<string, Column>;

/** Columns of one endpoint. */
export const endpointColumns = {
  requests: { metric: "DurationMs", statistic: "SampleCount" },
  ...outcomes,
  errors: sum("Errors"),
  p99_ms: { metric: "DurationMs", statistic: "p99" },
} as const satisfies Record<string, Column>;

export type ColumnName = keyof typeof columns;
export type ArmColumnName = keyof typeof armColumns;
export type EndpointColumnName = keyof typeof endpointColumns;

/** True for columns whose intervals add up; without values an interval is then 0, otherwise unknown. */
export function addsUp({ statistic }: Column): boolean {
  return statistic === "Sum" || statistic === "SampleCount";
}

import type { CacheEntry } from "@algoitny/cache";
import type { ArmOfKey } from "@algoitny/core/experiment/known-experiments";
import type { MetricName } from "./metrics.ts";
import { addArmMetric, addMetric, currentScope, type MissReason } from "./scope.ts";

type Outcome = CacheEntry<unknown>["status"];

/** One of these is counted for each request that read a cached view. */
export const OUTCOMES = {
  hit: "Hits",
  stale: "StaleHits",
  miss: "Misses",
  bypass: "Bypasses",
} as const satisfies Record<Outcome, MetricName>;

/** Reasons of misses. The cache's two that stand for new code and damage are one here: both are loaded again, once. */
const REASONS: Partial<Record<MissReason, MetricName>> = {
  absent: "MissesAbsent",
  expired: "MissesExpired",
  invalidated: "MissesInvalidated",
  unconfirmed: "MissesUnconfirmed",
  fingerprint: "MissesOutdated",
  corrupt: "MissesOutdated",
};

/**
 * Counts the outcome of a request, from the reading of which `Cache-Status` is made too. A request that read nothing through
 * the cache counts for nothing. What was read of a view under an experiment counts for its arm too. Without an event of a miss (another request of this process loaded) it was not stored.
 */
export function noteOutcome(
  reading: Pick<CacheEntry<unknown>, "status" | "storeMs" | "collapsed" | "entry"> | undefined,
  requestMs: number,
  arm?: ArmOfKey,
): void {
  if (!reading) return;
  const { status, storeMs, collapsed, entry } = reading;
  addMetric(OUTCOMES[status], 1);
  addArmMetric(arm, OUTCOMES[status], 1);
  if (collapsed) addMetric("Waited", 1);
  if (status === "miss")
    addMetric(REASONS[currentScope()?.missReason ?? "absent"] ?? "MissesAbsent", 1);
  if (status === "hit" || status === "stale") {
    addMetric("CacheMs", storeMs);
    addMetric("HitMs", requestMs);
    addMetric("BytesServed", entry.body.length);
  } else addMetric("MissMs", requestMs);
}

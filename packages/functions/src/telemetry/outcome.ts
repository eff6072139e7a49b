import type { CacheEntry } from "@algoitny/cache";
import type { ArmOfKey } from "@algoitny/core/experiment/known-experiments";
import { storedBytes } from "../stored-bytes.ts";
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

/**
 * Reasons of misses. The cache's reasons for new code and for damage are one here: both mean that the entry is loaded
 * again, once.
 */
const REASONS: Partial<Record<MissReason, MetricName>> = {
  absent: "MissesAbsent",
  expired: "MissesExpired",
  invalidated: "MissesInvalidated",
  unconfirmed: "MissesUnconfirmed",
  fingerprint: "MissesOutdated",
  corrupt: "MissesOutdated",
};

/**
 * Counts the outcome of a request, from the same reading as its `Cache-Status`. A request that read nothing through the
 * cache is not counted. A read of a view under an experiment also counts for its arm. Without a miss event (because
 * another request of this process loaded, or the answer was computed), a miss counts as `absent`.
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
    addMetric("BytesServed", storedBytes(entry));
  } else addMetric("MissMs", requestMs);
}

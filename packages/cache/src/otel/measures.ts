import type { CacheEvent } from "../events.ts";
import type { RecordValue } from "./instruments.ts";

type Measures = {
  [Type in CacheEvent["type"]]:
    | ((event: CacheEvent & { type: Type }, record: RecordValue) => void)
    | null;
};

/** Values that each event adds to the instruments; null: none. Keys never appear, because each would create a series. */
const MEASURES: Measures = {
  hit({ resource, l1, storeMs }, record) {
    record("lookups", 1, { resource, outcome: "hit", tier: l1 ? "process" : "store" });
    if (!l1) record("hit.duration", seconds(storeMs), { resource });
  },
  stale({ resource, why }, record) {
    if (why === "refreshing") record("lookups", 1, { resource, outcome: "stale" });
    else record("stand_ins", 1, { resource, reason: why });
  },
  miss: ({ resource, reason }, record) =>
    record("lookups", 1, { resource, outcome: "miss", reason }),
  "lease-denied": ({ resource }, record) => record("lease_denials", 1, { resource }),
  collapsed: ({ resource, where }, record) => record("collapsed", 1, { resource, where }),
  load({ resource, loadMs, outcome }, record) {
    const failed = outcome === "failed" && { "error.type": UNKNOWN_ERROR };
    record("load.duration", seconds(loadMs), { resource, outcome, ...failed });
  },
  filled: ({ resource }, record) => record("fills", 1, { resource, result: "stored" }),
  "fill-refused": ({ resource, why }, record) => record("fills", 1, { resource, result: why }),
  "fill-failed": ({ resource, error }, record) =>
    record("fills", 1, { resource, result: "failed", "error.type": errorType(error) }),
  unrecorded: ({ resource, why }, record) => record("fills", 1, { resource, result: why }),
  // A hint for people: the miss that it explains is counted already.
  emptied: null,
  shadow: ({ resource, outcome }, record) => record("shadow_comparisons", 1, { resource, outcome }),
  deferred({ resource, error }, record) {
    if (error) failure("defer", error, record);
    else record("deferred", 1, { resource });
  },
  verified: ({ resource, verdict, windowMs }, record) =>
    record("verifications", 1, { resource, verdict, window_s: windowMs / 1_000 }),
  "verify-failed": ({ error }, record) => failure("verify", error, record),
  "store-failed": ({ operation, error }, record) => failure(operation, error, record),
  breaker: ({ state }, record) => record("breaker_changes", 1, { state }),
  invalidated({ tags, soft, storeMs }, record) {
    record("invalidation.tags", tags.length, { soft });
    record("invalidation.duration", seconds(storeMs), { soft });
  },
  // A hint for people too: code that should write in another way.
  "unseen-write": null,
  "change-left-open": ({ error }, record) => failure("change", error, record),
  deleted: ({ keys }, record) => record("invalidation.keys", keys.length, {}),
  // Progress of a walk: the events `invalidated` and `deleted` count what it removes.
  pattern: null,
};

/** Adds an event to the instruments. */
export function measure(event: CacheEvent, record: RecordValue): void {
  const add = MEASURES[event.type] as
    | ((event: CacheEvent, record: RecordValue) => void)
    | null
    | undefined;
  add?.(event, record);
}

function failure(operation: string, error: Error, record: RecordValue): void {
  record("failures", 1, { operation, "error.type": errorType(error) });
}

/** OpenTelemetry's fallback for `error.type`, for failed loads: their event does not contain the error. */
export const UNKNOWN_ERROR = "_OTHER";

/** Code of an error, or its name if it has no code: few different values, unlike messages. */
export function errorType(error: Error): string {
  return "code" in error && typeof error.code === "string" ? error.code : error.name;
}

/** A clock that was set back makes a time negative, which no histogram accepts. */
function seconds(ms: number): number {
  return Math.max(0, ms) / 1_000;
}

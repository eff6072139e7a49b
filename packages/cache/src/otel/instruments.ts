import type { Attributes, Counter, Histogram, Meter } from "@opentelemetry/api";

/**
 * First part of the name of every instrument, and of every attribute without a dot. There is no convention for caches
 * yet: open-telemetry/semantic-conventions#1747.
 */
export const NAMESPACE = "serverless_cache";

/** Bounds of the histograms' buckets, in seconds: from a look at a nearby store to a load that times out. */
const BUCKETS_S = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

interface InstrumentFacts {
  readonly kind: "counter" | "histogram";
  /** In UCUM, as OpenTelemetry requires: times in seconds, counted things in braces. */
  readonly unit: string;
  readonly description: string;
}

/** Every instrument, by its name after the namespace. */
export const INSTRUMENTS = {
  lookups: {
    kind: "counter",
    unit: "{lookup}",
    description:
      "Lookups by outcome: a hit, a stale entry that is served while it is refreshed, or a miss",
  },
  "hit.duration": {
    kind: "histogram",
    unit: "s",
    description: "Time of the store for a hit",
  },
  "load.duration": {
    kind: "histogram",
    unit: "s",
    description: "Time of a load from the origin",
  },
  stand_ins: {
    kind: "counter",
    unit: "{read}",
    description:
      "Reads answered with a stale value because their load failed or exceeded its soft limit",
  },
  fills: {
    kind: "counter",
    unit: "{entry}",
    description:
      "Loaded values by result: stored, failed to be stored, or the reason for not storing them",
  },
  collapsed: {
    kind: "counter",
    unit: "{read}",
    description: "Reads that joined the load of another read",
  },
  lease_denials: {
    kind: "counter",
    unit: "{lease}",
    description:
      "Requests for a lease that were denied: another instance held it, had just failed, or had stored an entry that is no longer fresh",
  },
  deferred: {
    kind: "counter",
    unit: "{refresh}",
    description: "Refreshes sent to the queue",
  },
  "invalidation.tags": {
    kind: "counter",
    unit: "{tag}",
    description: "Tags invalidated, or expired (soft)",
  },
  "invalidation.keys": {
    kind: "counter",
    unit: "{key}",
    description: "Single entries invalidated",
  },
  "invalidation.duration": {
    kind: "histogram",
    unit: "s",
    description: "Time of the store for an invalidation of tags",
  },
  failures: {
    kind: "counter",
    unit: "{failure}",
    description: "Operations of the store, the queues and announced changes that failed",
  },
  breaker_changes: {
    kind: "counter",
    unit: "{change}",
    description:
      "State changes of the circuit breaker, by new state: while it is open, reads bypass the store",
  },
  verifications: {
    kind: "counter",
    unit: "{check}",
    description: "Hits checked against the origin, by verdict",
  },
  shadow_comparisons: {
    kind: "counter",
    unit: "{read}",
    description: "Stored values compared with loaded ones in shadow mode, by outcome",
  },
} as const satisfies Record<string, InstrumentFacts>;

export type InstrumentName = keyof typeof INSTRUMENTS;

/** Records a value under an instrument; names of attributes without a dot get the namespace. */
export type RecordValue = (name: InstrumentName, value: number, attributes: Attributes) => void;

/** Attributes with their full names. */
export function named(attributes: Attributes): Attributes {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [
      name.includes(".") ? name : `${NAMESPACE}.${name}`,
      value,
    ]),
  );
}

/** Creates every instrument with a meter. */
export function recorderOf(meter: Meter): RecordValue {
  const made = new Map<string, (value: number, attributes: Attributes) => void>();
  for (const [name, { kind, unit, description }] of Object.entries<InstrumentFacts>(INSTRUMENTS)) {
    const instrument: Counter | Histogram =
      kind === "counter"
        ? meter.createCounter(`${NAMESPACE}.${name}`, { unit, description })
        : meter.createHistogram(`${NAMESPACE}.${name}`, {
            unit,
            description,
            advice: { explicitBucketBoundaries: BUCKETS_S },
          });
    made.set(
      name,
      "add" in instrument ? instrument.add.bind(instrument) : instrument.record.bind(instrument),
    );
  }
  return (name, value, attributes) => made.get(name)?.(value, named(attributes));
}

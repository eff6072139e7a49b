import type { Attributes, Counter, Histogram, Meter } from "@opentelemetry/api";

/** First part of every name here. There is no convention for caches yet: open-telemetry/semantic-conventions#1747. */
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
      "Reads by what they found: a hit, a stale entry that is refreshed elsewhere, or a miss",
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
    description: "Reads answered with an old value, as its load failed or was slow",
  },
  fills: {
    kind: "counter",
    unit: "{entry}",
    description:
      "Loaded values by what became of them: stored, refused as something changed meanwhile, or failed",
  },
  collapsed: {
    kind: "counter",
    unit: "{read}",
    description: "Reads that shared another one's load",
  },
  lease_denials: {
    kind: "counter",
    unit: "{lease}",
    description: "Leases that another instance had",
  },
  deferred: {
    kind: "counter",
    unit: "{refresh}",
    description: "Refreshes handed to the queue",
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
    description: "Changes of the breaker, by the state that it takes: open leaves the store alone",
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

/** Makes every instrument with a meter. */
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

/** Units that CloudWatch knows. */
export type Unit = "Count" | "Milliseconds" | "Bytes" | "Megabytes";

interface Metric {
  unit: Unit;
  /** What it counts or measures, as the dashboard says it. */
  meaning: string;
}

/** Every metric that functions emit; code, alarms and dashboard know no other. */
export const metrics = {
  Hits: { unit: "Count", meaning: "reads answered from the cache" },
  StaleHits: { unit: "Count", meaning: "reads answered with a value past its lifetime" },
  Misses: { unit: "Count", meaning: "reads that found no valid value" },
  Unconfirmed: {
    unit: "Count",
    meaning: "misses of entries older than the last change known to be invalidated allows",
  },
  LeasesDenied: { unit: "Count", meaning: "misses that waited for another instance's load" },
  Loads: { unit: "Count", meaning: "loads from the database" },
  LoadsFailed: { unit: "Count", meaning: "loads that failed" },
  FillsRefused: {
    unit: "Count",
    meaning: "loaded values not stored, as something changed meanwhile",
  },
  StoreFailures: { unit: "Count", meaning: "operations on Redis that failed or took too long" },
  BreakerOpenings: { unit: "Count", meaning: "times that the cache was left alone after failures" },
  TagsInvalidated: { unit: "Count", meaning: "tags whose cached values were made invalid" },
  CacheMs: { unit: "Milliseconds", meaning: "time of Redis for a hit" },
  LoadMs: { unit: "Milliseconds", meaning: "time of a load" },
  BytesServed: { unit: "Bytes", meaning: "size of values served from the cache, as stored" },
  DatabaseReads: { unit: "Count", meaning: "requests to DynamoDB" },
  DurationMs: { unit: "Milliseconds", meaning: "time of the function, without its start" },
  Errors: { unit: "Count", meaning: "answers of 500 and above, and failed invocations" },
  Records: { unit: "Count", meaning: "stream records or messages handled" },
  RecordsFailed: { unit: "Count", meaning: "stream records or messages that come again" },
  BatchAgeMs: { unit: "Milliseconds", meaning: "age of a batch's oldest record" },
  Warmed: { unit: "Count", meaning: "entries that warming loaded" },
  WarmingSkipped: { unit: "Count", meaning: "entries that were warm already" },
  WarmingFailed: { unit: "Count", meaning: "entries that could not be warmed" },
  WarmingLeft: { unit: "Count", meaning: "entries that time did not suffice for" },
  ClosedAgeMs: {
    unit: "Milliseconds",
    meaning: "age of the closed timestamp: changes before it are known to be invalidated",
  },
  StoreResets: {
    unit: "Count",
    meaning: "beats that found another Redis, or an older state, and invalidated everything",
  },
  ColdStarts: { unit: "Count", meaning: "processes that answered for the first time" },
  InitMs: {
    unit: "Milliseconds",
    meaning: "time from a process's start until its code was loaded",
  },
  MemoryMb: { unit: "Megabytes", meaning: "memory of a process, told as it grows" },
} as const satisfies Record<string, Metric>;

export type MetricName = keyof typeof metrics;

/** What a process tells of itself: with the service's dimension alone. */
export const PROCESS_METRICS: readonly MetricName[] = ["ColdStarts", "InitMs", "MemoryMb"];

/** What metrics are told of: names of dimensions. Each value of one is billed as a metric of its own. */
export const SUBJECTS = ["endpoint", "stream", "queue", "schedule", "plan"] as const;
export type Subject = (typeof SUBJECTS)[number];

/** CloudWatch's namespace of all metrics; the dimension `service` is application and stage. */
export const NAMESPACE = "AlgoItny";

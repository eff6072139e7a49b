/** Units that CloudWatch knows. */
export type Unit = "Count" | "Milliseconds" | "Bytes" | "Megabytes";

/** Every metric that functions emit, with its unit; code, alarms and dashboard know no other. */
export const metrics = {
  Hits: "Count",
  StaleHits: "Count",
  Misses: "Count",
  Unconfirmed: "Count",
  LeasesDenied: "Count",
  Loads: "Count",
  LoadsFailed: "Count",
  FillsRefused: "Count",
  StoreFailures: "Count",
  BreakerOpenings: "Count",
  TagsInvalidated: "Count",
  CacheMs: "Milliseconds",
  LoadMs: "Milliseconds",
  BytesServed: "Bytes",
  DatabaseReads: "Count",
  DurationMs: "Milliseconds",
  Errors: "Count",
  Records: "Count",
  RecordsFailed: "Count",
  BatchAgeMs: "Milliseconds",
  Warmed: "Count",
  WarmingSkipped: "Count",
  WarmingFailed: "Count",
  WarmingLeft: "Count",
  ClosedAgeMs: "Milliseconds",
  StoreResets: "Count",
  ColdStarts: "Count",
  InitMs: "Milliseconds",
  MemoryMb: "Megabytes",
} as const satisfies Record<string, Unit>;

export type MetricName = keyof typeof metrics;

/** Metrics of a process: with the service's dimension alone. */
export const PROCESS_METRICS: readonly MetricName[] = ["ColdStarts", "InitMs", "MemoryMb"];

/** Dimension names of metrics. Each value of one is billed as a separate metric. */
export const SUBJECTS = ["endpoint", "stream", "queue", "schedule", "plan"] as const;
export type Subject = (typeof SUBJECTS)[number];

/** CloudWatch's namespace of all metrics; the dimension `service` is application and stage. */
export const NAMESPACE = "AlgoItny";

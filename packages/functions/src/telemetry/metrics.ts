/** Units that CloudWatch knows. */
export type Unit = "Count" | "Milliseconds" | "Bytes" | "Megabytes";

/** Every metric that functions emit, with its unit; code, alarms and dashboard take its name from here. */
export const metrics = {
  Hits: "Count",
  StaleHits: "Count",
  Misses: "Count",
  Bypasses: "Count",
  MissesAbsent: "Count",
  MissesExpired: "Count",
  MissesInvalidated: "Count",
  MissesUnconfirmed: "Count",
  MissesOutdated: "Count",
  HitMs: "Milliseconds",
  MissMs: "Milliseconds",
  Waited: "Count",
  Loads: "Count",
  LoadsFailed: "Count",
  FillsRefused: "Count",
  StoreFailures: "Count",
  StoreRefusals: "Count",
  BreakerOpenings: "Count",
  TagsInvalidated: "Count",
  CacheMs: "Milliseconds",
  LoadMs: "Milliseconds",
  BytesServed: "Bytes",
  HitsVerified: "Count",
  HitsOvertaken: "Count",
  HitsStale: "Count",
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
  ExperimentsStopped: "Count",
  ColdStarts: "Count",
  InitMs: "Milliseconds",
  MemoryMb: "Megabytes",
} as const satisfies Record<string, Unit>;

export type MetricName = keyof typeof metrics;

/** Metrics with only the service's dimension: each endpoint's would be billed separately. */
export const SERVICE_METRICS: ReadonlySet<MetricName> = new Set([
  "MissesAbsent",
  "MissesExpired",
  "MissesInvalidated",
  "MissesUnconfirmed",
  "MissesOutdated",
  "StoreRefusals",
  "Waited",
  "HitMs",
  "MissMs",
  "CacheMs",
  "HitsVerified",
  "HitsOvertaken",
  "HitsStale",
  "ColdStarts",
  "InitMs",
  "MemoryMb",
]);

/** Dimension names of metrics. Each value of one is billed as a separate metric. */
export const SUBJECTS = ["endpoint", "stream", "queue", "schedule", "plan"] as const;
export type Subject = (typeof SUBJECTS)[number];

/** Dimensions of an experiment's arm: its metrics are in no total of the service or of an endpoint. */
export type ArmDimension = "experiment" | "arm";

/** CloudWatch's namespace of these metrics; their dimension `service` is application and stage. */
export const NAMESPACE = "AlgoItny";

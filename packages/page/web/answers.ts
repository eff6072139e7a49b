// Fields of the API's answers that the page shows; docs/operations.md explains most of them. A test compares them with the schemas.

export interface Series {
  service: string;
  period_seconds: number;
  times: number[];
  complete: number;
  as_of: number;
  columns: Record<string, (number | null)[]>;
  totals: Record<string, number | null>;
  endpoints?: Record<string, Record<string, number | null>>;
}

export interface Finding {
  id: string;
  sentence: string;
  since: number;
  means: string;
  todo: string;
}

export interface Invalidated {
  tags: string[];
  keys: string[];
  pattern: { entries: number } | null;
}

export type Explained = Record<string, unknown> & { key: string; state: string; loading: boolean };

export interface Seen {
  id: string;
  at: number;
  endpoint: string;
  outcome: string | null;
  reason: string | null;
  ms: number;
  database_reads: number;
  tags_invalidated: number;
  failed: boolean;
  status: number | null;
  key_id: string | null;
}

export interface Arm {
  ttl_seconds: number;
  reads: number;
  cached_percent: number | null;
  loads: number;
  errors: number;
  verified_stale: number;
  dollars_per_1000_reads: number | null;
}

export interface Experiment {
  view: string;
  state: "running" | "ended";
  sentence: string;
  counts_from: number;
  pairs: number;
  dropped: number;
  saves_percent: { mean: number; low: number; high: number } | null;
  broken_rail: string | null;
  usual: Arm;
  trial: Arm;
}

export interface Advice {
  sentence: string;
  todo: string;
  dollars_month: number;
  view: string | null;
}

export interface Top {
  keys: { key: string; reads: number; share_percent: number }[];
  operations: ({ operation: string } & Record<
    "requests" | "hit" | "stale" | "miss" | "bypass" | "uncached",
    number
  >)[];
}

export interface Stored {
  by_resource: Record<string, number>;
  complete: boolean;
}

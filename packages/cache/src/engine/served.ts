import type { Entry } from "../protocol/entry.ts";

/** Source of a served entry: the cache (`hit`, `stale`), a load (`miss`), or a load past the cache (`bypass`). */
export type ReadStatus = "hit" | "stale" | "miss" | "bypass";

/** Reason for the status, if the status alone does not say it. */
export type ReadDetail =
  | "early-refresh"
  | "refreshing"
  | "load-failed"
  | "soft-timeout"
  | "lease-denied"
  | "fill-refused"
  | "unfenced"
  | "not-stored"
  | "over-budget"
  | "store-unreachable"
  | "shadow"
  | "ramp";

/** One read's result, for the operations. */
export interface Served {
  readonly status: ReadStatus;
  readonly detail?: ReadDetail;
  /** True if this read stored the entry. */
  readonly stored: boolean;
  /** True if the entry comes from a load that another read had started. */
  readonly collapsed: boolean;
  readonly entry: Entry;
  /** The value itself if this read loaded it, so that it need not be decoded. */
  readonly loaded?: { readonly value: unknown };
  readonly loadMs?: number;
  /** Tick of the look that found the entry fresh, if it is served as found. */
  readonly lookedAt?: number;
  /** Tick up to which the entry is known to be current: a read that began before may share it. */
  readonly asOf: number;
}

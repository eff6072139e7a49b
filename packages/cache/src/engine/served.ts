import type { Entry } from "../protocol/entry.ts";

/** Origin of a served entry. */
export type ReadStatus = "hit" | "stale" | "miss" | "bypass";

/** Reason for the status, where the status alone does not say it. */
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

/** One read's result as the operations pass it on. */
export interface Served {
  readonly status: ReadStatus;
  readonly detail?: ReadDetail;
  /** True when this read put the entry into the store. */
  readonly stored: boolean;
  /** True when the entry comes from a load that another read had started. */
  readonly collapsed: boolean;
  readonly entry: Entry;
  /** The value itself where this read loaded it, so that it need not be decoded. */
  readonly loaded?: { readonly value: unknown };
  readonly loadMs?: number;
  /** Tick of the look at the store that found the entry valid, where one look was all. */
  readonly lookedAt?: number;
  /** Up to which tick the entry is known to be current: a read that began before may share it. */
  readonly asOf: number;
}

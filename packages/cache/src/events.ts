import { channel } from "node:diagnostics_channel";
import type { MissReason } from "./protocol/judge.ts";
import type { Unrecorded } from "./recording/load-reads.ts";
import type { Verdict } from "./protocol/verification.ts";

/** Name of the `node:diagnostics_channel` on which every cache publishes; without a subscriber no event is made. */
export const CHANNEL = "@algoitny/cache:event";

/**
 * Events of the cache, published as they happen. Sizes are in characters as stored, times in ms. Events never contain
 * values.
 */
export type CacheEvent =
  | {
      type: "hit";
      resource: string;
      key: string;
      l1: boolean;
      ageMs: number;
      bytes: number;
      storeMs: number;
    }
  | {
      type: "stale";
      resource: string;
      key: string;
      why: "refreshing" | "load-failed" | "soft-timeout";
      ageMs: number;
    }
  | {
      type: "miss";
      resource: string;
      key: string;
      reason: MissReason | "store-failed" | "store-misconfigured";
    }
  | { type: "lease-denied"; resource: string; key: string }
  | { type: "collapsed"; resource: string; key: string; where: "process" | "fleet" }
  | {
      type: "load";
      resource: string;
      key: string;
      loadMs: number;
      outcome: "found" | "not-found" | "failed";
    }
  | { type: "filled"; resource: string; key: string; bytes: number; freshMs: number }
  | { type: "fill-refused"; resource: string; key: string; why: "refused" | "unfenced" }
  /** A recorded load whose value is not stored, and the read or other fact that prevents it. */
  | { type: "unrecorded"; resource: string; key: string; why: Unrecorded; what: string }
  /** An invalidated entry of a recorded load, and the reads that were invalidated, in words without values. */
  | { type: "emptied"; resource: string; key: string; by: readonly string[] }
  | { type: "fill-failed"; resource: string; key: string; error: Error }
  | {
      type: "shadow";
      resource: string;
      key: string;
      /** Comparison of the stored value with the loaded one; `outdated`: the entry is not known to be valid after the load. */
      outcome: "same" | "different" | "outdated";
      ageMs: number;
    }
  | { type: "deferred"; resource: string; key: string; error?: Error }
  | { type: "verified"; resource: string; key: string; verdict: Verdict; windowMs: number }
  | { type: "verify-failed"; resource: string; key: string; error: Error }
  | { type: "store-failed"; operation: string; error: Error }
  | { type: "breaker"; state: "open" | "half-open" | "closed" }
  | { type: "invalidated"; tags: readonly string[]; soft: boolean; storeMs: number }
  /** A write by PartiQL through a recording client, whose invalidation is left to the stream. */
  | { type: "unseen-write"; operation: string }
  | { type: "change-left-open"; tags: readonly string[]; error: Error }
  | { type: "deleted"; keys: readonly string[] }
  | {
      type: "pattern";
      pattern: string;
      resources: readonly string[];
      entries: number;
      done: boolean;
    };

const events = channel(CHANNEL);

/** Publishes an event; `make` is only called when there is a subscriber. */
export function emit(make: () => CacheEvent): void {
  if (events.hasSubscribers) events.publish(make());
}

import { channel, subscribe as subscribeTo, unsubscribe } from "node:diagnostics_channel";
import type { MissReason } from "./protocol/judge.ts";
import type { Verdict } from "./protocol/verification.ts";

/** The `node:diagnostics_channel` on which every cache reports; publishing costs nothing without a subscriber. */
const CHANNEL = "@algoitny/cache:event";

/**
 * Events of the cache, in the order in which they happen. Sizes in characters as stored, times in ms. Values never
 * appear.
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
  | { type: "fill-failed"; resource: string; key: string; error: Error }
  | {
      type: "shadow";
      resource: string;
      key: string;
      /** Of the stored value and the loaded one; `outdated`: it was invalidated during the load. */
      outcome: "same" | "different" | "outdated";
      ageMs: number;
    }
  | { type: "deferred"; resource: string; key: string; error?: Error }
  | { type: "verified"; resource: string; key: string; verdict: Verdict; windowMs: number }
  | { type: "verify-failed"; resource: string; key: string; error: Error }
  | { type: "store-failed"; operation: string; error: Error }
  | { type: "breaker"; state: "open" | "half-open" | "closed" }
  | { type: "invalidated"; tags: readonly string[]; soft: boolean; storeMs: number }
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

/**
 * Calls `listener` with each event of every cache of this process; the function that it returns ends that. Beside it, tools
 * may subscribe to the diagnostics channel `@algoitny/cache:event`.
 */
export function subscribe(listener: (event: CacheEvent) => void): () => void {
  const listen = (event: unknown) => listener(event as CacheEvent);
  subscribeTo(CHANNEL, listen);
  return () => void unsubscribe(CHANNEL, listen);
}

/** Publishes an event; `make` is only called when there is a subscriber. */
export function emit(make: () => CacheEvent): void {
  if (events.hasSubscribers) events.publish(make());
}

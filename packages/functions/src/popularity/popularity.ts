import { subscribe } from "@algoitny/cache";
import { describeError, type Log } from "../telemetry/log.ts";
import type { SharedCounts } from "./shared-counts.ts";
import { TopKeys } from "./top-keys.ts";

/** Keys that an instance counts at a time. */
const COUNTED_KEYS = 128;

/** An instance tells its counts at most once a minute, and of its most read keys alone. */
const PAUSE_MS = 60_000;
const TOLD_KEYS = 50;

/** Most keys that are asked for: ten times what a plan warms, for many may turn out to be nobody's. */
const TOP_KEYS = 200;

/** What is read most, across instances. */
export interface Popularity {
  /** Tells this instance's counts if it is time. To be awaited after a read that was no hit; it never rejects. */
  tell: () => Promise<void>;
  /** The keys read most in the last hour or two, most first. */
  mostRead: () => Promise<string[]>;
}

export interface PopularityOptions {
  counts: SharedCounts;
  log: Log;
  /** Which keys count. */
  counted: (key: string) => boolean;
  now?: () => number;
}

/** Counts reads in the process, from the cache's events of now on: a read costs no command for being counted. */
export function countReads({
  counts,
  log,
  counted,
  now = Date.now,
}: PopularityOptions): Popularity {
  const reads = new TopKeys(COUNTED_KEYS);
  let toldMs = now();
  subscribe((event) => {
    const isRead = event.type === "hit" || event.type === "miss" || event.type === "stale";
    if (isRead && counted(event.key)) reads.add(event.key);
  });

  async function tell(): Promise<void> {
    if (now() - toldMs < PAUSE_MS) return;
    toldMs = now(); // at once, so that reads at the same time do not tell as well
    const taken = reads.take();
    if (taken.length === 0) return;
    try {
      await counts.add(taken.slice(0, TOLD_KEYS));
    } catch (error) {
      for (const [key, count] of taken) reads.add(key, count);
      log.warn("what was read most could not be told; it is kept for the next time", {
        error: describeError(error),
      });
    }
  }

  return { tell, mostRead: () => counts.top(TOP_KEYS) };
}

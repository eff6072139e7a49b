import { subscribe } from "@algoitny/cache";
import { describeError, type Log } from "../telemetry/log.ts";
import type { SharedCounts } from "./shared-counts.ts";
import { TopKeys } from "./top-keys.ts";

/** Keys that an instance counts at a time. */
const COUNTED_KEYS = 128;

/** Interval in which an instance publishes its counts, and the number of its most read keys that it publishes. */
const PAUSE_MS = 60_000;
const PUBLISHED_KEYS = 50;

/** Most keys requested from the shared counts: ten times what a plan warms, because many may turn out to be private. */
const TOP_KEYS = 200;

/** Keys read most, across instances. */
export interface Popularity {
  /**
   * Publishes this instance's counts once the interval is over. To be awaited after a read that was no hit; never
   * rejects.
   */
  publish: () => Promise<void>;
  /** The keys read most in the last hour or two, most first. */
  mostRead: () => Promise<string[]>;
}

export interface PopularityOptions {
  counts: SharedCounts;
  log: Log;
  /** True for keys that count. */
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
  let publishedMs = now();
  subscribe((event) => {
    const isRead = event.type === "hit" || event.type === "miss" || event.type === "stale";
    if (isRead && counted(event.key)) reads.add(event.key);
  });

  async function publish(): Promise<void> {
    if (now() - publishedMs < PAUSE_MS) return;
    publishedMs = now(); // at once, so that concurrent reads do not publish as well
    const taken = reads.take();
    if (taken.length === 0) return;
    try {
      await counts.add(taken.slice(0, PUBLISHED_KEYS));
    } catch (error) {
      for (const [key, count] of taken) reads.add(key, count);
      log.warn("read counts could not be published; they are kept for the next time", {
        error: describeError(error),
      });
    }
  }

  return { publish, mostRead: () => counts.top(TOP_KEYS) };
}

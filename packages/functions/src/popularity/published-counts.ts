import type { Log } from "../telemetry/log.ts";
import type { SharedCounts } from "./shared-counts.ts";
import { TopKeys } from "./top-keys.ts";

/** Highest number of keys that an instance counts at a time. */
const COUNTED_KEYS = 128;

/** Shortest interval between two publications of an instance's counts. */
const PAUSE_MS = 60_000;

export interface PublishedCountsOptions {
  readonly counts: Pick<SharedCounts, "add">;
  readonly log: Pick<Log, "warn">;
  readonly now?: (() => number) | undefined;
}

export interface PublishedCounts {
  readonly add: (key: string) => void;
  /** Publishes this instance's counts if the interval is over. Await it after a read that is not a hit; it never rejects. */
  readonly publish: () => Promise<void>;
}

/** Counts in the process, without a command, and adds the counts to those of all processes: one command a minute at most. */
export function createPublishedCounts({
  counts,
  log,
  now = Date.now,
}: PublishedCountsOptions): PublishedCounts {
  const own = new TopKeys(COUNTED_KEYS);
  let publishedMs = now();
  return {
    add: (key) => own.add(key),
    async publish() {
      if (now() - publishedMs < PAUSE_MS) return;
      publishedMs = now(); // at once, so that concurrent reads do not publish as well
      // Loaded on the first use: a process that serves only hits never loads it.
      await (await import("./send-counts.ts")).sendCounts(own, { counts, log });
    },
  };
}

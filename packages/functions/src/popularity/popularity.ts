import { subscribe } from "@algoitny/cache";
import type { Log } from "../telemetry/log.ts";
import { createPublishedCounts, type PublishedCounts } from "./published-counts.ts";
import type { SharedCounts } from "./shared-counts.ts";

/** Highest number of keys requested from the shared counts: ten times what a plan warms, because many may be of unlisted problems. */
const TOP_KEYS = 200;

/** Keys read most, across instances. */
export interface Popularity extends Pick<PublishedCounts, "publish"> {
  /** The keys read most in the last hour or two, most first. */
  mostRead: () => Promise<string[]>;
  /** The same with the number of reads that were counted. */
  counts: () => Promise<[key: string, count: number][]>;
}

export interface PopularityOptions {
  counts: SharedCounts;
  log: Log;
  /** True for keys that count. */
  counted: (key: string) => boolean;
  now?: () => number;
}

/** Starts to count the reads of this process by the cache's events: counting costs no command. */
export function countReads({ counts, log, counted, now }: PopularityOptions): Popularity {
  const reads = createPublishedCounts({ counts, log, now });
  subscribe((event) => {
    const isRead = event.type === "hit" || event.type === "miss" || event.type === "stale";
    if (isRead && counted(event.key)) reads.add(event.key);
  });
  return {
    publish: reads.publish,
    counts: () => counts.top(TOP_KEYS),
    mostRead: async () => (await counts.top(TOP_KEYS)).map(([key]) => key),
  };
}

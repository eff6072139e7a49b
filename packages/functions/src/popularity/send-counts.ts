import { describeError } from "../telemetry/log.ts";
import type { PublishedCountsOptions } from "./published-counts.ts";
import type { TopKeys } from "./top-keys.ts";

/** Highest number of keys that an instance publishes at a time. */
const PUBLISHED_KEYS = 50;

/** Adds an instance's highest counts to the shared ones, and drops the others; keeps all of them if that fails. */
export async function sendCounts(
  own: TopKeys,
  { counts, log }: Pick<PublishedCountsOptions, "counts" | "log">,
): Promise<void> {
  const taken = own.take();
  if (taken.length === 0) return;
  try {
    await counts.add(taken.slice(0, PUBLISHED_KEYS));
  } catch (error) {
    for (const [key, count] of taken) own.add(key, count);
    log.warn("counts could not be published; they are kept for the next time", {
      error: describeError(error),
    });
  }
}

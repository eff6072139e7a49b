import { type Cache, CacheError } from "@algoitny/cache";
import { tagsFor } from "@algoitny/core/invalidation-rules";
import type { Hide } from "@algoitny/core/table/database";
import type { Change } from "@algoitny/core/table/entities";
import { describeError, type Log, redact } from "../telemetry/log.ts";
import { unavailable } from "./http-error.ts";
import type { RequestMeter } from "./request-stats.ts";

/**
 * Builds `hide`, which announces to the cache a write that hides something, before it makes the write. If Redis does
 * not accept the announcement, nothing is written and the client gets a 503: an answer that says "hidden" must be true
 * everywhere, even if this process dies now.
 */
export function createHide(
  cache: Pick<Cache, "change">,
  meter: Pick<RequestMeter, "tags" | "announced">,
): Hide {
  return async (changes, write, names = []) => {
    const tags = tagsFor(changes);
    try {
      const written = await cache.change([...names, ...tags], write);
      meter.tags = [...meter.tags, ...tags];
      for (const tag of tags) meter.announced.add(tag);
      return written;
    } catch (error) {
      if (!(error instanceof CacheError) || error.code !== "invalidation_failed") throw error;
      throw unavailable(
        "nothing was changed, because the cache does not answer and would go on showing what this hides; try again",
        error,
      );
    }
  };
}

/** Time that a request reserves for its answer: a write is answered even if Redis fails slowly. */
const RESERVE_MS = 3_000;

interface Forgetting {
  cache: Pick<Cache, "invalidate">;
  log: Pick<Log, "warn">;
  meter: Pick<RequestMeter, "tags" | "names" | "announced">;
  remainingMs: () => number;
}

/**
 * Invalidates what a write has changed and has not announced. One command contains the tags of rules and of recorded
 * reads. Retries once if there is time. Never rejects.
 */
export async function invalidateChanges(
  changes: readonly Change[],
  { cache, log, meter, remainingMs }: Forgetting,
): Promise<void> {
  const tags = tagsFor(changes).filter((tag) => !meter.announced.has(tag));
  // A request may make several writes: the next one may change without an announcement what this one has announced.
  meter.announced.clear();
  const all = [...meter.names, ...tags];
  // Cleared before the command: tags that a write adds during it stay for the next command.
  meter.names.clear();
  try {
    await cache.invalidate(all).catch((error: unknown) => {
      if (remainingMs() < RESERVE_MS) throw error;
      return cache.invalidate(all);
    });
    meter.tags = [...meter.tags, ...tags];
  } catch (error) {
    // The write stands, and the table's stream repeats the invalidation until it succeeds.
    log.warn("invalidation failed; left to the stream", {
      tags: tags.map(redact),
      error: describeError(error),
    });
  }
}

import { type Cache, CacheError, type Tag } from "@algoitny/cache";
import { tagsFor } from "@algoitny/core/invalidation-rules";
import type { Hide } from "@algoitny/core/table/database";
import { unavailable } from "./http-error.ts";
import type { RequestStats } from "./request-stats.ts";

/**
 * Announces a write that hides something to the cache before it is made. Where Redis does not take that, nothing is
 * written and the client gets a 503: an answer that says "hidden" must be true everywhere, also if this process dies now.
 */
export function createHide(cache: Pick<Cache, "change">, meter: Pick<RequestStats, "tags">): Hide {
  return async (changes, write) => {
    const tags = tagsFor(changes);
    try {
      const written = await cache.change(tags, write);
      meter.tags = [...meter.tags, ...tags];
      return written;
    } catch (error) {
      if (!(error instanceof CacheError) || error.code !== "invalidation_failed") throw error;
      throw unavailable(
        "the cache cannot forget what this hides right now, so nothing was changed; try again",
        error,
      );
    }
  };
}

/** Time that a request keeps for its answer: a write is answered although Redis takes its time to fail. */
const RESERVE_MS = 3_000;

/** Invalidates what a write has changed, once more if that fails and there is time. */
export async function invalidateWritten(
  cache: Pick<Cache, "invalidate">,
  tags: readonly Tag[],
  remainingMs: () => number,
): Promise<void> {
  try {
    await cache.invalidate(tags);
  } catch (error) {
    if (remainingMs() < RESERVE_MS) throw error;
    await cache.invalidate(tags);
  }
}

import type { Cache, RefreshResult } from "@algoitny/cache";
import type { Source } from "@algoitny/core/source";
import { plans, type PlanName, type Visit, type WarmingRequest } from "@algoitny/core/warming";
import { describeError, type Log } from "./log.ts";

/** Entries loaded at the same time: 8. Requests come first. */
const AT_ONCE = 8;

/** Time kept for telling what was done: 2 seconds. */
const RESERVE_MS = 2_000;

/** How many entries were fresh already, refreshed, being refreshed by others, not storable, failed, or left for lack of time. */
export type WarmingResult = Record<RefreshResult | "failed" | "left", number>;

export interface WarmingContext {
  cache: Cache;
  source: Source;
  log: Log;
  remainingMs: () => number;
}

/** Carries out plans, most wanted first; an entry that cannot be loaded does not stop the others. */
export async function warm(
  names: readonly PlanName[],
  request: WarmingRequest,
  { cache, source, log, remainingMs }: WarmingContext,
): Promise<WarmingResult> {
  const counts: WarmingResult = {
    skipped: 0,
    refreshed: 0,
    busy: 0,
    "not-stored": 0,
    failed: 0,
    left: 0,
  };

  const visit: Visit = async (resource, params) => {
    const waiting = params.values();
    const worker = async () => {
      for (const each of waiting) {
        if (remainingMs() < RESERVE_MS) counts.left += 1;
        else
          counts[await refresh(() => cache.refresh(resource, each, { source, remainingMs }))] += 1;
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
  };

  async function refresh(run: () => Promise<RefreshResult>): Promise<RefreshResult | "failed"> {
    try {
      return await run();
    } catch (error) {
      log.warn("an entry could not be warmed", { error: describeError(error) });
      return "failed";
    }
  }

  for (const name of names) await plans[name](source, visit, request);
  log.info("warmed", { plans: names, ...counts });
  return counts;
}

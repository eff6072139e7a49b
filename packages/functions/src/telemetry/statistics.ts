import { type Cache, subscribe } from "@algoitny/cache";

/** Number of keys requested at each step of the walk: 1,000. */
const STEP = 1_000;

/** Time reserved for the answer itself: 2 seconds. */
const RESERVE_MS = 2_000;

export interface EntryCount {
  entries: number;
  by_resource: Record<string, number>;
  /** False if time ran out before the walk over the store was complete. */
  complete: boolean;
}

/** Counts what is stored, by resource; one command for each thousand names in the store. */
export async function countEntries(cache: Cache, remainingMs: () => number): Promise<EntryCount> {
  const byResource: Record<string, number> = {};
  let cursor = "0";
  do {
    const step = await cache.keys("*", { cursor, count: STEP });
    for (const key of step.keys) {
      const resource = key.slice(0, key.indexOf(":"));
      byResource[resource] = (byResource[resource] ?? 0) + 1;
    }
    cursor = step.cursor;
  } while (cursor !== "0" && remainingMs() > RESERVE_MS);
  const entries = Object.values(byResource).reduce((sum, count) => sum + count, 0);
  return { entries, by_resource: byResource, complete: cursor === "0" };
}

/** Counts the cache's events of this process from now on, by type. */
export function tallyEvents(): () => Record<string, number> {
  const counts: Record<string, number> = {};
  subscribe(({ type }) => {
    counts[type] = (counts[type] ?? 0) + 1;
  });
  return () => ({ ...counts });
}

import { Cache, defineResource, MemoryStore } from "@algoitny/cache";
import { refreshDue } from "./refresh-due.ts";

/**
 * Uses the cache in every way once. It imports its parts when they are first needed, which takes real time: where time is
 * virtual, nothing may wait for that.
 */
export async function warmUp(): Promise<void> {
  const cache = new Cache({ store: new MemoryStore() });
  const row = defineResource({
    name: "row",
    ttl: "1 minute",
    staleWhileRevalidate: "1 minute",
    l1: true,
    compression: false,
    load: () => 1,
  });
  await cache.get(row, undefined);
  await cache.expire([row.tag]);
  await cache.get(row, undefined);
  await cache.getMany({ ...row }, [undefined]);
  await refreshDue(cache, row, undefined);
  await cache.warm(row, [undefined], { source: undefined });
  await cache.invalidate(row, undefined);
  await cache.invalidatePattern("*:none");
}

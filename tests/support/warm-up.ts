import { Cache, defineResource, MemoryStore, resourceTag } from "@algoitny/cache";

/**
 * Uses the cache in every way once. It imports its parts when they are first needed, which takes real time: where time is
 * virtual, nothing may wait for that.
 */
export async function warmUp(): Promise<void> {
  const cache = new Cache({ store: new MemoryStore() });
  const row = defineResource({
    name: "row",
    fresh: "1 minute",
    stale: "1 minute",
    l1: {},
    compress: false,
    load: () => 1,
  });
  await cache.get(row, undefined);
  await cache.expire([resourceTag(row)]);
  await cache.get(row, undefined);
  await cache.getMany(row, [undefined]);
  await cache.refresh(row, undefined);
  await cache.refreshMany(row, [undefined], { source: undefined });
  await cache.delete(row.keyFor(undefined));
  await cache.invalidatePattern("*:none");
}

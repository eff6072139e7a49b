import { Cacheable } from "cacheable";
import { connectKeyv } from "./connect-keyv.ts";
import { type Adapter, jsonOf, type Open, TTL_SECONDS } from "./rival.ts";

/** Redis as its only store, or (`withL1`) as the secondary one behind memory, which is its usual setting. */
function opening(withL1: boolean): Open {
  return async (place) => {
    const remote = await connectKeyv(place);
    const stores = withL1 ? { secondary: remote } : { primary: remote };
    const cache = new Cacheable({ ...stores, ttl: TTL_SECONDS * 1_000, tags: true });
    cache.on("error", () => undefined);
    /** `getOrSet` has no option for tags, so an entry with tags is read by `get` and stored by `set`. */
    const get = async (key: string, tags: readonly string[], load: () => Promise<unknown>) => {
      if (tags.length === 0) return cache.getOrSet(key, load);
      const found = await cache.get(key);
      if (found !== undefined) return found;
      const value = await load();
      await cache.set(key, value, { tags: [...tags] });
      return value;
    };
    return {
      name: withL1 ? "cacheable, L1" : "cacheable",
      transport: "TCP",
      get,
      answer: (key, tags, load) => jsonOf(get(key, tags, load)),
      invalidateTags: (tags) => cache.tags.invalidateTags([...tags]),
      remove: (key) => cache.delete(key),
      close: () => cache.disconnect(),
    };
  };
}

export const cacheable: Adapter = { name: "cacheable", npm: "cacheable", open: opening(false) };

export const cacheableL1: Adapter = {
  name: "cacheable, L1",
  npm: "cacheable",
  open: opening(true),
};

import { createCache } from "cache-manager";
import { connectKeyv } from "./connect-keyv.ts";
import { type Adapter, jsonOf, TTL_SECONDS } from "./rival.ts";

export const cacheManager: Adapter = {
  name: "cache-manager",
  npm: "cache-manager",
  open: async (place) => {
    const store = await connectKeyv(place);
    const cache = createCache({ stores: [store], ttl: TTL_SECONDS * 1_000 });
    const get = (key: string, _tags: readonly string[], load: () => Promise<unknown>) =>
      cache.wrap(key, load);
    return {
      name: "cache-manager",
      transport: "TCP",
      get,
      answer: (key, tags, load) => jsonOf(get(key, tags, load)),
      invalidateTags: undefined,
      remove: (key) => cache.del(key),
      close: () => cache.disconnect(),
    };
  },
};

import { createCache } from "async-cache-dedupe";
import { connectRedis } from "./connect-redis.ts";
import { type Adapter, jsonOf, type Load, type Open, TTL_SECONDS } from "./rival.ts";

/** An argument of its cached function: everything except the key is left out of the cache's key. */
interface Request {
  readonly key: string;
  readonly tags: readonly string[];
  readonly load: Load;
}

/** Its values live in Redis, or (`inMemory`) in the process alone. */
function opening(inMemory: boolean): Open {
  return async (place) => {
    const client = inMemory ? undefined : await connectRedis(place);
    // The longest lifetime of its entries, as its documents require.
    const invalidation = { referencesTTL: TTL_SECONDS };
    const storage = inMemory
      ? { type: "memory" as const, options: { invalidation: true } }
      : { type: "redis" as const, options: { client: client as never, invalidation } };
    const cache = createCache({ ttl: TTL_SECONDS, storage }).define(
      "view",
      {
        serialize: ({ key }: Request) => key,
        references: ({ tags }: Request) => [...tags],
      },
      ({ load }: Request) => load(),
    );
    const get = (key: string, tags: readonly string[], load: Load): Promise<unknown> =>
      cache.view({ key, tags, load });
    return {
      name: inMemory ? "async-cache-dedupe, memory" : "async-cache-dedupe",
      transport: "TCP",
      get,
      answer: (key, tags, load) => jsonOf(get(key, tags, load)),
      invalidateTags: (tags) => cache.invalidateAll([...tags]),
      remove: (key) => cache.clear("view", { key, tags: [], load: async () => undefined }),
      close: async () => client?.disconnect(),
    };
  };
}

export const asyncCacheDedupe: Adapter = {
  name: "async-cache-dedupe",
  npm: "async-cache-dedupe",
  open: opening(false),
};

export const asyncCacheDedupeMemory: Adapter = {
  name: "async-cache-dedupe, memory",
  npm: "async-cache-dedupe",
  open: opening(true),
};

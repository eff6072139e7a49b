import { BentoCache, bentostore } from "bentocache";
import { redisDriver } from "bentocache/drivers/redis";
import { memoryDriver } from "bentocache/drivers/memory";
import { connectRedis } from "./connect-redis.ts";
import { type Adapter, jsonOf, type Open, TTL_SECONDS } from "./rival.ts";

/** Copies in the process. */
const MOST_COPIES = 1_000;

/**
 * Redis alone, or (`withCopies`) with its L1 before it, which its documents recommend. Set as they say for the values and the
 * faults that are measured: plain JSON needs no copy of its text in L1, which is "much faster" then, and a breaker stands
 * before an L2 that fails.
 * Source: https://bentocache.dev/docs/cache-drivers, https://bentocache.dev/docs/options
 */
function opening(withCopies: boolean): Open {
  return async (place) => {
    const connection = await connectRedis(place);
    const remote = redisDriver({ connection });
    const store = bentostore().useL2Layer(remote);
    const both = bentostore()
      .useL1Layer(memoryDriver({ serialize: false, maxItems: MOST_COPIES }))
      .useL2Layer(remote);
    const bento = new BentoCache({
      default: "store",
      stores: { store: withCopies ? both : store },
      ttl: `${TTL_SECONDS}s`,
      suppressL2Errors: true,
      l2CircuitBreakerDuration: "5s",
      // A hit waits for nothing else: the default would serve stale values after a failed load.
      grace: false,
    });
    const get = (key: string, tags: readonly string[], factory: () => Promise<unknown>) =>
      bento.getOrSet({ key, factory, tags: [...tags] });
    return {
      name: withCopies ? "bentocache, L1" : "bentocache",
      transport: "TCP",
      hasCopies: withCopies,
      get,
      answer: (key, tags, load) => jsonOf(get(key, tags, load)),
      invalidateTags: (tags) => bento.deleteByTag({ tags: [...tags] }),
      remove: (key) => bento.delete({ key }),
      close: async () => {
        await bento.disconnectAll();
        connection.disconnect();
      },
    };
  };
}

export const bentocache: Adapter = { name: "bentocache", npm: "bentocache", open: opening(false) };

export const bentocacheCopies: Adapter = {
  name: "bentocache, L1",
  npm: "bentocache",
  open: opening(true),
};

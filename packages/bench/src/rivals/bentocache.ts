import { BentoCache, bentostore } from "bentocache";
import { redisDriver } from "bentocache/drivers/redis";
import { memoryDriver } from "bentocache/drivers/memory";
import { connectRedis } from "./connect-redis.ts";
import { type Adapter, jsonOf, type Open, TTL_SECONDS } from "./rival.ts";

/** Copies in the process. */
const MOST_COPIES = 1_000;

/**
 * Redis alone, or (`withCopies`) with its L1 before it, which its documents recommend. Configured as its documents say for
 * these values and faults: plain JSON needs no serialised copy in L1, which is "much faster", and a circuit breaker protects a
 * failing L2. Source: https://bentocache.dev/docs/cache-drivers, https://bentocache.dev/docs/options
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
      // Off, so that failed loads are not answered with stale values, as they would be by default.
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

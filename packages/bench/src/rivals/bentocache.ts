import { BentoCache, bentostore } from "bentocache";
import { redisDriver } from "bentocache/drivers/redis";
import { memoryDriver } from "bentocache/drivers/memory";
import { connectRedis } from "./connect-redis.ts";
import { type Adapter, jsonOf, type Open, TTL_SECONDS } from "./rival.ts";

/** Highest number of entries in L1, the memory of the process. */
const MOST_L1_ENTRIES = 1_000;

/**
 * bentocache over Redis alone, or (`withL1`) with L1 before Redis, which its documentation recommends. Two settings are
 * from the documentation: L1 keeps values unserialised, which is "much faster" and possible for plain JSON; a circuit breaker
 * stops commands to a failing L2. Source: https://bentocache.dev/docs/cache-drivers, https://bentocache.dev/docs/options
 */
function opening(withL1: boolean): Open {
  return async (place) => {
    const connection = await connectRedis(place);
    const remote = redisDriver({ connection });
    const store = bentostore().useL2Layer(remote);
    const both = bentostore()
      .useL1Layer(memoryDriver({ serialize: false, maxItems: MOST_L1_ENTRIES }))
      .useL2Layer(remote);
    const bento = new BentoCache({
      default: "store",
      stores: { store: withL1 ? both : store },
      ttl: `${TTL_SECONDS}s`,
      suppressL2Errors: true,
      l2CircuitBreakerDuration: "5s",
      // The default: a failed load is not answered with a stale value.
      grace: false,
    });
    const get = (key: string, tags: readonly string[], factory: () => Promise<unknown>) =>
      bento.getOrSet({ key, factory, tags: [...tags] });
    return {
      name: withL1 ? "bentocache, L1" : "bentocache",
      transport: "TCP",
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

export const bentocacheL1: Adapter = {
  name: "bentocache, L1",
  npm: "bentocache",
  open: opening(true),
};

import { Cache, type CacheOptions, MemoryStore } from "@algoitny/cache";
import type { Store } from "@algoitny/cache/store";
import { VirtualClock } from "@algoitny/cache/testing";
import { warmUp } from "./warm-up.ts";

await warmUp();

/** Caches that share one in-memory store and one virtual clock, as instances of a function share Redis and the time. */
export function fleet({ wrap = (store: Store) => store, ...options }: FleetOptions = {}) {
  const clock = new VirtualClock();
  const store = new MemoryStore({ now: clock.now });
  const instance = (more: Partial<CacheOptions> = {}) =>
    new Cache({ store: wrap(store), clock, random: () => 0.5, ...options, ...more });
  return { clock, store, instance, cache: instance() };
}

type FleetOptions = Partial<CacheOptions> & { wrap?: (store: Store) => Store };

/** A promise that is settled from outside, to hold a load. */
export function gate<T = void>() {
  return Promise.withResolvers<T>();
}

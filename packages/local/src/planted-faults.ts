import { setTimeout as delay } from "node:timers/promises";
import type { Invoke } from "./invoke.ts";
import type { RedisEngine } from "./redis/redis-engine.ts";
import type { Intercept } from "./upstash/start-upstash.ts";

/** Faults that can be planted in the local cloud, to learn their symptoms. */
export const FAULTS = ["redis-slow", "redis-down", "stream-stuck"] as const;
export type FaultName = (typeof FAULTS)[number];

/** Delay of each request to a slow Redis: far above the usual time, and below the functions' time limit for an answer. */
const SLOW_MS = 90;

export interface PlantedFaults {
  /** Plants a fault; without effect if it is planted already. */
  plant: (name: FaultName) => Promise<void>;
  /** Removes a fault; without effect if it is not planted. */
  lift: (name: FaultName) => Promise<void>;
  /** Redis with the planted faults. */
  intercept: Intercept;
  /** The stream's function with the planted faults. */
  gated: (invoke: Invoke) => Invoke;
}

/** Creates the faults of one cloud; none is planted at first. */
export function createPlantedFaults(
  redis: Pick<RedisEngine, "stop" | "start">,
  inner: Intercept = (_, run) => run(),
): PlantedFaults {
  const planted = new Set<FaultName>();
  let gate: PromiseWithResolvers<void> | undefined;

  return {
    async plant(name) {
      if (planted.has(name)) return;
      planted.add(name);
      if (name === "redis-down") await redis.stop();
      if (name === "stream-stuck") gate = Promise.withResolvers();
    },
    async lift(name) {
      if (!planted.delete(name)) return;
      if (name === "redis-down") await redis.start();
      if (name === "stream-stuck") gate?.resolve();
    },
    async intercept(commands, run) {
      if (planted.has("redis-slow")) await delay(SLOW_MS);
      return inner(commands, run);
    },
    gated: (invoke) => async (file, event) => {
      if (planted.has("stream-stuck")) await gate?.promise;
      return invoke(file, event);
    },
  };
}

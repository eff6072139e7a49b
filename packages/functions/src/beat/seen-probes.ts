import type { Probe } from "@algoitny/core/beat/beat-items";
import { CACHE_PREFIX } from "../cache-prefix.ts";
import { openRedis, type RedisAddress } from "../redis-client.ts";

/**
 * Probes that the stream has delivered, stored in the same Redis as the entries for which they vouch: both are lost
 * together.
 */
export interface SeenProbes {
  /** Records delivered probes: one command. */
  note(probes: readonly Probe[]): Promise<void>;
  /**
   * Reads, for each probe number below `count`, the sending time of the last delivered probe, in ms since the epoch; 0
   * if none was delivered. One command.
   */
  read(count: number): Promise<number[]>;
}

const KEY = `${CACHE_PREFIX}:beats`;

export function createSeenProbes(address: RedisAddress, timeoutMs: number): SeenProbes {
  const redis = openRedis(address, timeoutMs);
  return {
    async note(probes) {
      const times = probes.map(({ number, sent_ms: sentMs }) => [number, sentMs] as const);
      await (await redis()).hset(KEY, Object.fromEntries(times));
    },
    async read(count) {
      const numbers = Array.from({ length: count }, (_, number) => String(number));
      const times = await (await redis()).hmget<Record<string, string | null>>(KEY, ...numbers);
      return numbers.map((number) => Number(times?.[number] ?? 0));
    },
  };
}

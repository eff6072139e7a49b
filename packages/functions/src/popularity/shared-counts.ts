import { CacheError } from "@algoitny/cache";
import { openRedis, type RedisAddress } from "../redis-client.ts";

/** Read counts of all instances, added up. */
export interface SharedCounts {
  /** Adds counts to this hour's: one command. */
  add(counts: readonly (readonly [key: string, count: number])[]): Promise<void>;
  /** The most counted keys of this hour and the one before, in descending order, with their counts: one command. */
  top(limit: number): Promise<[key: string, count: number][]>;
}

const HOUR_MS = 3_600_000;

/** Time after its last change for which an hour's counts are stored, long enough to be read as "the hour before". */
const KEPT_SECONDS = 3 * 3_600;

/** Highest number of keys stored per hour: those with the highest counts. */
const KEPT_KEYS = 500;

/** Time limit of a command: 300 ms, because a reader waits for it. */
const TIMEOUT_MS = 300;

/** KEYS: the hour. ARGV: seconds it is kept, keys it keeps, then key and count in turn. */
const ADD = `#!lua flags=allow-key-locking
for i = 3, #ARGV, 2 do redis.call('ZINCRBY', KEYS[1], ARGV[i + 1], ARGV[i]) end
redis.call('ZREMRANGEBYRANK', KEYS[1], 0, -1 - ARGV[2])
return redis.call('EXPIRE', KEYS[1], ARGV[1])`;

/** KEYS: hours. ARGV: most keys of each. Returns for each hour its keys and their counts in turn. */
const TOP = `#!lua flags=allow-key-locking
local hours = {}
for i, hour in ipairs(KEYS) do hours[i] = redis.call('ZREVRANGE', hour, 0, ARGV[1] - 1, 'WITHSCORES') end
return hours`;

export interface SharedCountsOptions extends RedisAddress {
  /** Outside the cache's names, so that no walk over the cache's keys finds or removes the counts. */
  prefix?: string;
  /** Time limit of a command, in ms. */
  timeoutMs?: number;
  now?: () => number;
}

/** Counts in Redis: one sorted set per hour, changed and read by one script each. The SDK is loaded on demand. */
export function createSharedCounts(options: SharedCountsOptions): SharedCounts {
  const { prefix = "algoitny:reads", timeoutMs = TIMEOUT_MS, now = Date.now } = options;
  const redis = openRedis(options, timeoutMs);
  const nameOf = (hour: number) => `${prefix}:${hour}`;
  const thisHour = () => Math.floor(now() / HOUR_MS);
  async function run<Reply>(script: string, keys: string[], args: string[]): Promise<Reply> {
    try {
      return await (await redis()).eval<string[], Reply>(script, keys, args);
    } catch (error) {
      // Without the code, a timeout would look like one of the database.
      throw new CacheError("store_failed", "the counts in Redis cannot be reached", error);
    }
  }

  return {
    async add(counts) {
      const args = [String(KEPT_SECONDS), String(KEPT_KEYS), ...counts.flat().map(String)];
      await run(ADD, [nameOf(thisHour())], args);
    },
    async top(limit) {
      const hour = thisHour();
      const names = [nameOf(hour), nameOf(hour - 1)];
      const hours = await run<string[][]>(TOP, names, [String(limit)]);
      const sums = new Map<string, number>();
      for (const [key, count] of hours.flatMap(pairs))
        sums.set(key, (sums.get(key) ?? 0) + Number(count));
      const sorted = [...sums].toSorted(([, left], [, right]) => right - left);
      return sorted.slice(0, limit);
    },
  };
}

function pairs(flat: readonly string[]): [string, string][] {
  return Array.from({ length: flat.length / 2 }, (_, index) => [
    flat[2 * index] as string,
    flat[2 * index + 1] as string,
  ]);
}

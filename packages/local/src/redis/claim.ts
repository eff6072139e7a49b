import { Cache } from "@algoitny/cache";
import { createUpstashStore } from "@algoitny/cache/upstash";
import { CACHE_PREFIX } from "@algoitny/functions/cache-prefix";
import type { UpstashServer } from "../upstash/start-upstash.ts";
import type { RedisEngine } from "./redis-engine.ts";

/** A key outside of the cache's prefix: it names the database whose data the cache contains. */
const DATABASE_KEY = "algoitny-local:database";

/**
 * Clears the cache in a Redis that was last used with another database. `database` identifies this one: its stream's ARN, or
 * the table's name.
 */
export async function claimRedis(
  redis: Pick<RedisEngine, "call">,
  upstash: Pick<UpstashServer, "url" | "token">,
  database: string,
): Promise<void> {
  const lastUsedWith = await redis.call(["GET", DATABASE_KEY]);
  if (String(lastUsedWith) === database) return;
  if (Number(await redis.call(["DBSIZE"])) > 0)
    await new Cache({ store: createUpstashStore(upstash), prefix: CACHE_PREFIX }).clear();
  await redis.call(["SET", DATABASE_KEY, database]);
}

import { randomUUID } from "node:crypto";
import { type RedisEngine, startRedis } from "@algoitny/local/redis/start-redis";
import {
  type Intercept,
  startUpstash,
  type UpstashServer,
} from "@algoitny/local/upstash/start-upstash";
import { Redis, type RedisConfigNodejs } from "@upstash/redis";

export interface TestUpstash extends UpstashServer {
  /** `stop()` and `start()` simulate an outage. */
  redis: RedisEngine;
  /** Sets a hook between requests and Redis; undefined removes it. */
  intercept: (hook?: Intercept) => void;
  /** An SDK client that does not retry and returns strings unchanged, as the cache uses it. */
  client: (options?: Partial<RedisConfigNodejs>) => Redis;
}

/** Starts a private Upstash endpoint over the Redis that REDIS_URL or REDIS_ENGINE names (embedded by default). */
export async function testUpstash({ replicas = true } = {}): Promise<TestUpstash> {
  const redis = await testRedis(replicas);
  let current: Intercept | undefined;
  const server = await startUpstash({
    redis,
    token: randomUUID(),
    intercept: (commands, run) => (current ? current(commands, run) : run()),
  });
  const close = async (): Promise<void> => {
    await server.close();
    await redis.close();
  };
  return {
    ...server,
    redis,
    intercept: (hook) => {
      current = hook;
    },
    client: (options) =>
      new Redis({
        url: server.url,
        token: server.token,
        retry: { retries: 0 },
        automaticDeserialization: false,
        enableTelemetry: false,
        enableAutoPipelining: false,
        ...options,
      }),
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** The Redis that REDIS_URL or REDIS_ENGINE names; of a running server, an empty database for this test worker alone. */
export async function testRedis(replicas = true): Promise<RedisEngine> {
  const {
    REDIS_URL: url,
    REDIS_ENGINE: engine = "embedded",
    REDIS_REPLICA_LAG: lag = "",
    VITEST_POOL_ID: worker = "1",
  } = process.env;
  if (engine !== "embedded" && engine !== "server") {
    throw new Error(`REDIS_ENGINE is "${engine}": it must be "embedded" or "server"`);
  }
  const replicaLag = lag === "" || !replicas ? undefined : Number(lag);
  if (!url) return await startRedis({ engine, replicaLag });
  const redis = await startRedis({ url: new URL(`/${worker}`, url).href });
  await redis.call(["FLUSHDB"]);
  return redis;
}

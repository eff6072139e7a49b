import { afterAll, beforeAll, expect, test } from "vitest";
import { Cache } from "@algoitny/cache";
import { createUpstashStore } from "@algoitny/cache/upstash";
import { startRedis } from "@algoitny/local/redis/start-redis";
import { redisServerVersion } from "@algoitny/local/redis/redis-server";
import { startUpstash } from "@algoitny/local/upstash/start-upstash";
import { startRedisProcess } from "../../support/redis-process.ts";
import { testUpstash, type TestUpstash } from "../../support/test-upstash.ts";

let upstash: TestUpstash;

beforeAll(async () => {
  upstash = await testUpstash();
});
afterAll(() => upstash.close());

test("the first beat that meets another server's run id clears the cache, although the last beat's value is there", async () => {
  const cache = new Cache({
    store: createUpstashStore({ ...upstash, timeout: "20 seconds" }),
    storeTimeout: "20 seconds",
  });
  const first = await cache.beat({ closedMs: 1_000, expected: null });
  const same = await cache.beat({ closedMs: 2_000, expected: first.value });
  expect(same.state).toBe("advanced");
  const moved = `${same.value.slice(0, -1)}${same.value.endsWith("0") ? "1" : "0"}`;
  await upstash.client().set("cache:1:closed", moved);
  expect((await cache.beat({ closedMs: 3_000, expected: moved })).state).toBe("cleared");
});

test.skipIf((await redisServerVersion()) === undefined)(
  "a beat clears the cache after a restart of redis-server, although the restarted server has the last beat's value",
  async () => {
    await using server = await startRedisProcess("redis-server");
    await using redis = await startRedis({ url: `redis://127.0.0.1:${server.port}` });
    await using rest = await startUpstash({ redis, token: "token" });
    const cache = new Cache({
      store: createUpstashStore({ ...rest, timeout: "20 seconds" }),
      storeTimeout: "20 seconds",
    });
    const first = await cache.beat({ closedMs: 1_000, expected: null });
    const second = await cache.beat({ closedMs: 2_000, expected: first.value });
    expect(second.state).toBe("advanced");
    await redis.call(["SAVE"]);
    await server.restart();
    const third = () => cache.beat({ closedMs: 3_000, expected: second.value });
    await expect
      .poll(() => third().catch(() => null), { timeout: 10_000 })
      .toMatchObject({ state: "cleared" });
  },
);

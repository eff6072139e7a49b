import { Cache, type CacheOptions, defineResource, defineTags } from "@algoitny/cache";
import { VirtualClock } from "@algoitny/cache/testing";
import { createRedisStore } from "@algoitny/cache/redis";
import { createUpstashStore } from "@algoitny/cache/upstash";
import type { Command } from "@algoitny/local/redis/reply";
import { expect, test } from "vitest";
import { CLIENTS } from "../../support/redis-clients.ts";
import { startRedisProcess, versionOf } from "../../support/redis-process.ts";
import { testUpstash } from "../../support/test-upstash.ts";

const tags = defineTags({ row: () => [] });
const MAX_STALENESS_MS = 150_000;

/** A resource whose value is the current version. */
function versions() {
  const database = { version: 1 };
  const row = defineResource<void, string>({
    name: "row",
    tags: () => [tags.row()],
    ttl: "1 hour",
    load: () => `v${database.version}`,
  });
  return { database, row };
}

test.skipIf(versionOf("redis-server") === undefined)(
  "a redis-server that comes back with an older state serves it until maxStaleness or the next beat ends that",
  { timeout: 60_000 },
  async () => {
    await using server = await startRedisProcess("redis-server");
    const connect = CLIENTS["ioredis 6"] as (typeof CLIENTS)[string];
    const { client, run, close } = await connect(server.port);
    const clock = new VirtualClock(Date.now());
    const { database, row } = versions();
    const cacheWith = (options: Partial<CacheOptions> = {}) =>
      new Cache({
        store: createRedisStore(client),
        storeTimeout: "20 seconds",
        clock,
        ...options,
      });
    const bounded = () => cacheWith({ maxStaleness: `${MAX_STALENESS_MS} milliseconds` });
    const { value: expected } = await cacheWith().beat({ closedMs: clock.now(), expected: null });
    expect(await cacheWith().get(row, undefined)).toBe("v1");
    await run("any", ["SAVE"]);
    database.version = 2;
    await cacheWith().invalidate(tags.row());
    expect(await cacheWith().get(row, undefined)).toBe("v2");
    await server.restart();
    await expect.poll(() => run("any", ["PING"]).catch(() => null)).toBe("PONG");

    // Entry and stamps were restored together: a reader cannot detect that the entry was invalidated.
    expect(await cacheWith().get(row, undefined)).toBe("v1");
    expect(await bounded().get(row, undefined)).toBe("v1");
    clock.jump(MAX_STALENESS_MS + 1);
    expect(await bounded().get(row, undefined)).toBe("v2");

    await server.restart();
    await expect.poll(() => run("any", ["PING"]).catch(() => null)).toBe("PONG");
    expect(await cacheWith().get(row, undefined)).toBe("v1");
    const beat = await cacheWith().beat({ closedMs: clock.now(), expected });
    expect(beat.state).toBe("cleared");
    expect(await cacheWith().get(row, undefined)).toBe("v2");
    close();
  },
);

test("a repeated request of a fill, an invalidation or a change causes misses at most, however late it arrives", async () => {
  await using upstash = await testUpstash();
  const { database, row } = versions();
  const cache = new Cache({
    store: createUpstashStore({ ...upstash, timeout: "20 seconds" }),
    storeTimeout: "20 seconds",
  });
  const sent: Command[] = [];
  upstash.intercept((commands, run) => {
    sent.push(...commands);
    return run();
  });
  await cache.get(row, undefined);
  await cache.invalidate(tags.row());
  database.version = 2;
  await cache.set(row, undefined, () => "v2", { invalidate: [tags.row()] });
  await cache.change([tags.row()], () => undefined);
  await cache.get(row, undefined);
  await cache.expire(tags.row());
  await cache.refresh(row, undefined);
  database.version = 3;
  await cache.invalidate(tags.row());
  upstash.intercept();

  // A copy of a lease or an announcement keeps other loads from storing for a while; this test does not wait for that.
  const reader = new Cache({
    store: createUpstashStore({ ...upstash, timeout: "20 seconds" }),
    storeTimeout: "500 milliseconds",
    waitTimeout: "500 milliseconds",
  });
  const scripts = sent.filter(([name]) => name !== "MGET");
  expect(scripts.length).toBeGreaterThan(12);
  for (const copy of scripts) {
    expect(await reader.get(row, undefined)).toBe("v3");
    await upstash.client().exec(copy.map(String) as [string, ...string[]]);
    expect(await reader.get(row, undefined)).toBe("v3");
    expect(await reader.get(row, undefined)).toBe("v3");
  }
});

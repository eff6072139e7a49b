import { Cache, type CacheOptions, defineResource, defineTags } from "@algoitny/cache";
import { VirtualClock } from "@algoitny/cache/testing";
import { createUpstashStore } from "@algoitny/cache/upstash";
import { startRedis } from "@algoitny/local/redis/start-redis";
import { replicated, type Replicated } from "@algoitny/local/redis/replicated";
import { startUpstash, type UpstashServer } from "@algoitny/local/upstash/start-upstash";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";

const tags = defineTags({ row: (id: number) => [id] });
const database = new Map<number, string>();
const row = defineResource<{ id: number }, string>({
  name: "row",
  key: ({ id }) => ({ id }),
  tags: ({ id }) => [tags.row(id)],
  ttl: "1 hour",
  load: ({ id }) => database.get(id) ?? "none",
});

let redis: Replicated;
let upstash: UpstashServer;
let id = 0;

beforeAll(async () => {
  const engine = process.env["REDIS_ENGINE"] === "server" ? "server" : "embedded";
  const [primary, copy] = await Promise.all([startRedis({ engine }), startRedis({ engine })]);
  redis = replicated(primary, copy, 0);
  upstash = await startUpstash({ redis, token: "token" });
});
beforeEach(() => {
  id += 1;
  database.set(id, "old");
  redis.replica.lagBehind(0);
});
afterAll(async () => {
  await upstash.close();
  await redis.close();
});

function cacheWith(options: Partial<CacheOptions> = {}): Cache {
  const store = createUpstashStore({ ...upstash, timeout: "20 seconds" });
  return new Cache({ store, storeTimeout: "20 seconds", resources: [row], ...options });
}

/** Stores the old value where the replica shows it, stops the replica, and writes. */
async function writeBehindReplica(options: Partial<CacheOptions> = {}): Promise<Cache> {
  const cache = cacheWith(options);
  expect(await cache.get(row, { id })).toBe("old");
  await cacheWith({ reads: "any" }).get(row, { id });
  redis.replica.lagBehind(Infinity);
  database.set(id, "new");
  await cache.invalidate(tags.row(id));
  return cache;
}

test("behind a stopped replica, reads from the primary see an invalidation, and the next ones are hits", async () => {
  const cache = await writeBehindReplica();
  const { answered } = redis.replica;
  const status = async () => (await cacheWith().getEntry(row, { id })).status;
  expect([await status(), await status()]).toEqual(["miss", "hit"]);
  expect(await cache.getMany(row, [{ id }])).toEqual(["new"]);
  expect(redis.replica.answered).toBe(answered);
});

test('with `reads: "any"` a cache shows the old value until the replica has caught up', async () => {
  await writeBehindReplica();
  const reader = cacheWith({ reads: "any" });
  expect(await reader.get(row, { id })).toBe("old");
  redis.replica.lagBehind(1);
  expect(await reader.get(row, { id })).toBe("old");
  redis.replica.lagBehind(0);
  expect(await reader.get(row, { id })).toBe("new");
});

test('with `reads: "any"` and maxStaleness, the old value is shown no longer than that, although the replica has stopped', async () => {
  const clock = new VirtualClock(Date.now());
  const options = { clock, reads: "any", maxStaleness: "150 seconds" } as const;
  const { value } = await cacheWith({ clock }).beat({ closedMs: clock.now(), expected: null });
  await writeBehindReplica(options);
  const reader = cacheWith(options);
  await clock.advance(149_000);
  // The beat continues; the replica does not receive it.
  await cacheWith({ clock }).beat({ closedMs: clock.now(), expected: value });
  expect(await reader.get(row, { id })).toBe("old");
  await clock.advance(2_000);
  expect(await reader.get(row, { id })).toBe("new");
});

test("an invalidation by a pattern scans the primary, and finds entries that no replica has yet", async () => {
  redis.replica.lagBehind(Infinity);
  const cache = cacheWith({ prefix: "walked:1" });
  await cache.get(row, { id });
  database.set(id, "new");
  expect(await cache.invalidatePattern(`*:${id}`)).toMatchObject({ entries: 1 });
  expect(await cache.get(row, { id })).toBe("new");
});

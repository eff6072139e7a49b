import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { testUpstash, type TestUpstash } from "../../support/test-upstash.ts";

let upstash: TestUpstash;
beforeAll(async () => {
  upstash = await testUpstash();
});
beforeEach(async () => {
  await upstash.redis.call(["FLUSHDB"]);
});
afterAll(() => upstash.close());

test("SET accepts its options in any case, and refuses contradictory ones", async () => {
  const redis = upstash.client();
  expect(await redis.set("k", "1", { nx: true, px: 60_000 })).toBe("OK");
  expect(await redis.set("k", "2", { nx: true })).toBeNull();
  expect(await redis.set("absent", "2", { xx: true })).toBeNull();
  expect(await redis.set("k", "3", { get: true, keepTtl: true })).toBe("1");
  expect(await redis.pttl("k")).toBeGreaterThan(50_000);
  expect(await redis.set("k", "4")).toBe("OK");
  expect(await redis.pttl("k")).toBe(-1);
  const contradictions = [
    ["NX", "XX"],
    ["EX", "5", "PX", "5"],
    ["KEEPTTL", "EX", "5"],
    ["nonsense"],
    ["PX"],
  ];
  for (const words of contradictions) {
    await expect(redis.exec(["SET", "k", "5", ...words])).rejects.toThrow("ERR syntax error");
  }
  await expect(redis.exec(["SET", "k", "5", "PX", "0"])).rejects.toThrow(
    "ERR invalid expire time in 'set'",
  );
  await expect(redis.exec(["SET", "k", "5", "PX", "x"])).rejects.toThrow(
    "ERR value is not an integer",
  );
  expect(await redis.get("k")).toBe("4");
});

test("a key with PX exists until its expiry and not after it, to the millisecond", async () => {
  const redis = upstash.client();
  await redis.set("short", "x", { px: 1_000 });
  const leftMs = await redis.pttl("short");
  expect(leftMs).toBeGreaterThan(0);
  expect(leftMs).toBeLessThanOrEqual(1_000);
  expect(await redis.get("short")).toBe("x");
  await vi.waitFor(async () => expect(await redis.get("short")).toBeNull(), {
    interval: 2,
    timeout: 10_000,
  });
  expect(await redis.mget("short")).toEqual([null]);
  expect(await redis.exists("short")).toBe(0);
  expect(await redis.pttl("short")).toBe(-2);
  expect(await redis.set("short", "y", { nx: true })).toBe("OK");
  expect(await redis.pttl("short")).toBe(-1);
});

test("PEXPIRE extends, shortens and ends a key's life, under its conditions", async () => {
  const redis = upstash.client();
  await redis.set("k", "x");
  expect(await redis.pexpire("k", 5_000, "XX")).toBe(0);
  expect(await redis.pexpire("k", 5_000, "NX")).toBe(1);
  expect(await redis.pexpire("k", 1_000, "GT")).toBe(0);
  expect(await redis.pexpire("k", 9_000, "GT")).toBe(1);
  expect(await redis.pttl("k")).toBeGreaterThan(8_000);
  expect(await redis.ttl("k")).toBe(9);
  expect(await redis.persist("k")).toBe(1);
  expect(await redis.pexpireat("k", Date.now() - 1)).toBe(1);
  expect(await redis.exists("k")).toBe(0);
  expect(await redis.pexpire("k", 5_000)).toBe(0);
});

test("counters hold 64 bits and refuse what is not an integer", async () => {
  const redis = upstash.client();
  expect(await redis.incr("n")).toBe(1);
  expect(await redis.decrby("n", 5)).toBe(-4);
  await redis.set("n", "9223372036854775807");
  await expect(redis.incr("n")).rejects.toThrow("ERR increment or decrement would overflow");
  await redis.set("n", "x");
  await expect(redis.incr("n")).rejects.toThrow("ERR value is not an integer or out of range");
});

test("a command on a key of another type is refused with WRONGTYPE", async () => {
  const redis = upstash.client();
  await redis.lpush("list", "1");
  await redis.set("string", "1");
  await expect(redis.get("list")).rejects.toThrow("WRONGTYPE Operation against a key");
  await expect(redis.hget("string", "f")).rejects.toThrow("WRONGTYPE Operation against a key");
  await expect(redis.sadd("list", "1")).rejects.toThrow("WRONGTYPE Operation against a key");
  expect(await redis.mget("list", "string")).toEqual([null, "1"]);
});

test("hashes, lists, sets and sorted sets work", async () => {
  const redis = upstash.client();
  await redis.hset("hash", { a: "1", b: "ü" });
  expect(await redis.hmget("hash", "b", "absent")).toEqual(["ü", null]);
  expect(await redis.exec(["HGETALL", "hash"])).toEqual(["a", "1", "b", "ü"]);
  await redis.rpush("list", "a", "b", "c");
  expect(await redis.lrange("list", 0, -1)).toEqual(["a", "b", "c"]);
  await redis.rpush("short", "x");
  expect(await redis.lrem("short", 0, "x")).toBe(1);
  expect(await redis.exists("short")).toBe(0);
  await redis.sadd("set", "a", "b", "a");
  expect((await redis.smembers("set")).toSorted()).toEqual(["a", "b"]);
  await redis.zadd("zset", { nx: true }, { score: 2, member: "two" }, { score: 1, member: "one" });
  expect(await redis.zrange("zset", 0, -1)).toEqual(["one", "two"]);
  expect(await redis.del("hash", "list", "set", "zset", "absent")).toBe(4);
});

test("SCAN returns every key that exists throughout, while others are deleted", async () => {
  const redis = upstash.client();
  const keys = Array.from({ length: 300 }, (_, i) => `scan:${i}`);
  await redis.mset(Object.fromEntries([...keys, "other"].map((key) => [key, "x"])));
  const seen = new Set<string>();
  let cursor = "0";
  do {
    const [next, found] = await redis.scan(cursor, { match: "scan:*", count: 20 });
    for (const key of found) seen.add(key);
    const odd = found.filter((key) => Number(key.slice(5)) % 2 === 1);
    if (odd.length > 0) await redis.unlink(...odd);
    cursor = next;
  } while (cursor !== "0");
  expect([...seen].toSorted()).toEqual(keys.toSorted());
  expect(await redis.dbsize()).toBe(151);
});

test("SCAN filters by glob and type", async () => {
  const redis = upstash.client();
  await redis.mset({ "a[1]": "", a1: "", b1: "", "a.b": "", axb: "", "^": "" });
  await redis.sadd("aset", "x");
  const scan = async (match: string, type?: string): Promise<string[]> => {
    const [, found] = await redis.scan("0", { match, count: 1_000, ...(type ? { type } : {}) });
    return found.toSorted();
  };
  expect(await scan("a*", "set")).toEqual(["aset"]);
  expect(await scan(String.raw`a\[1\]`)).toEqual(["a[1]"]);
  expect(await scan("[ab]1")).toEqual(["a1", "b1"]);
  expect(await scan("[^a]1")).toEqual(["b1"]);
  expect(await scan("[a-c]1")).toEqual(["a1", "b1"]);
  expect(await scan("a.b")).toEqual(["a.b"]);
  expect(await scan("a?b")).toEqual(["a.b", "axb"]);
  expect(await scan("^")).toEqual(["^"]);
  await expect(redis.exec(["SCAN", "x"])).rejects.toThrow("ERR invalid cursor");
  await expect(redis.exec(["SCAN", "0", "COUNT", "0"])).rejects.toThrow("ERR syntax error");
});

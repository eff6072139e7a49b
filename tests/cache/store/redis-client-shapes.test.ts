import { expect, expectTypeOf, test } from "vitest";
import { createRedisStore, type RedisClient } from "@algoitny/cache/redis";
import type { GlideClient, GlideClusterClient } from "@valkey/valkey-glide";
import { Redis as UpstashRedis } from "@upstash/redis";
import type { Cluster as Cluster5, Redis as Redis5 } from "ioredis5";
import type { Cluster as Cluster6, Redis as Redis6 } from "ioredis6";
import type { RedisClientType as Node5, RedisClusterType as NodeCluster5 } from "redis5";
import type { RedisClientType as Node6, RedisClusterType as NodeCluster6 } from "redis6";

test("an object that is not a Redis client is refused", () => {
  const upstash = new UpstashRedis({ url: "https://none.example", token: "none" });
  for (const client of [new Map(), upstash, {}, null, undefined, "redis://localhost", { send: 1 }])
    expect(() => createRedisStore(client as unknown as RedisClient)).toThrow(
      /createRedisStore: got .*: pass a client of ioredis, node-redis or Valkey GLIDE, or \{ send \}/,
    );
});

test("a command is sent again once when its connection broke, not when it was refused or timed out", async () => {
  const cases: [Error, number][] = [
    [new Error("Connection is closed."), 2],
    [new Error("Socket closed unexpectedly"), 2],
    [Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" }), 2],
    [new Error("ERR unknown command"), 1],
    [new Error("Command timed out"), 1],
  ];
  for (const [error, times] of cases) {
    let sent = 0;
    const store = createRedisStore({
      send: async () => {
        sent += 1;
        throw error;
      },
    });
    await expect(store.mget(["a"])).rejects.toThrow("store_failed");
    expect(sent).toBe(times);
  }
});

test("Bun's client is called with the command's name and its arguments separately", async () => {
  const sent: unknown[] = [];
  const send = async (...args: unknown[]) => {
    sent.push(args);
    return ["text"];
  };
  expect(await createRedisStore({ send, duplicate: () => undefined }).mget(["a"], "any")).toEqual([
    "text",
  ]);
  expect(await createRedisStore({ send }).mget(["a"], "any")).toEqual(["text"]);
  expect(sent).toEqual([
    ["MGET", ["a"]],
    [["MGET", "a"], { key: "a", readOnly: true }],
  ]);
});

test("the types of the clients fit, and those of others do not", () => {
  expectTypeOf<Redis5 | Cluster5 | Redis6 | Cluster6>().toExtend<RedisClient>();
  expectTypeOf<Node5 | NodeCluster5 | Node6 | NodeCluster6>().toExtend<RedisClient>();
  expectTypeOf<GlideClient | GlideClusterClient>().toExtend<RedisClient>();
  expectTypeOf<UpstashRedis>().not.toExtend<RedisClient>();
  expectTypeOf<Map<string, string>>().not.toExtend<RedisClient>();
});

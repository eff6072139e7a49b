import { createRedisStore } from "@algoitny/cache/redis";
import type { Reads, Store } from "@algoitny/cache/store";
import { createUpstashStore } from "@algoitny/cache/upstash";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { CLIENTS, type Connected } from "../../support/redis-clients.ts";
import { startRedisProcess, type RedisProcess, versionOf } from "../../support/redis-process.ts";
import { testUpstash } from "../../support/test-upstash.ts";

test("over REST a look is one command in one request, also one that a replica may answer", async () => {
  await using upstash = await testUpstash();
  const store = createUpstashStore({ ...upstash, timeout: "20 seconds" });
  const sent: string[] = [];
  upstash.intercept((commands, run) => {
    sent.push(...commands.map(([name]) => String(name)));
    return run();
  });
  for (const from of [undefined, "primary", "any"] as const)
    expect(await store.mget(["a", "b"], from)).toEqual([null, null]);
  expect(sent).toEqual(["EVAL", "EVAL", "MGET"]);
  expect(upstash.stats()).toEqual({ requests: 3, commands: 3 });
});

describe.skipIf(versionOf("redis-server") === undefined)("a redis-server", () => {
  let server: RedisProcess;
  let connected: Connected;
  let store: Store;
  const run = (...command: string[]) => connected.run("any", command);
  const follow = () => {
    const keys = ["looked-at"];
    return store.follow({ keys, entryCount: 1, stampPrefix: "tag:" });
  };
  const look = (from: Reads) => store.mget(["looked-at"], from);
  const remove = () => store.delete(["nothing"]);

  beforeAll(async () => {
    server = await startRedisProcess("redis-server", {
      "maxmemory-policy": "noeviction",
      "repl-diskless-load": "swapdb",
    });
    connected = await (CLIENTS["ioredis 6"] as (typeof CLIENTS)[string])(server.port);
    store = createRedisStore(connected.client);
    await run("SET", "looked-at", "old");
  });
  afterEach(async () => {
    await run("REPLICAOF", "NO", "ONE");
    await run("CONFIG", "SET", "min-replicas-to-write", "0", "maxmemory", "0");
  });
  afterAll(async () => {
    connected.close();
    await server[Symbol.asyncDispose]();
  });

  test("that has become a replica refuses looks at the primary as it refuses invalidations; a look at any server shows old values", async () => {
    await run("REPLICAOF", "127.0.0.1", "1");
    await expect(remove()).rejects.toThrow("READONLY");
    await expect(look("primary")).rejects.toThrow("READONLY");
    await expect(follow()).rejects.toThrow("READONLY");
    expect(await look("any")).toEqual(["old"]);
  });

  test("that lacks its replicas refuses looks as it refuses invalidations", async () => {
    await run("CONFIG", "SET", "min-replicas-to-write", "1");
    await expect(remove()).rejects.toThrow("NOREPLICAS");
    await expect(look("primary")).rejects.toThrow("NOREPLICAS");
    await expect(follow()).rejects.toThrow("NOREPLICAS");
    expect(await look("any")).toEqual(["old"]);
  });

  test("that is full takes looks as it takes invalidations", async () => {
    await run("CONFIG", "SET", "maxmemory", "1");
    await expect(run("SET", "a", "1")).rejects.toThrow("OOM");
    await expect(look("primary")).resolves.toEqual(["old"]);
    await expect(follow()).resolves.toEqual({ values: ["old"], stamps: [[]] });
    expect([await remove(), await look("any")]).toEqual([0, ["old"]]);
  });
});

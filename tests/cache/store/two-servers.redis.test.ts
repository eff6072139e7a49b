import { Cache, defineResource, defineTags } from "@algoitny/cache";
import { createRedisStore } from "@algoitny/cache/redis";
import type { Reads } from "@algoitny/cache/store";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CLIENTS, type Connected } from "../../support/redis-clients.ts";
import { startRedisProcess, type RedisProcess, versionOf } from "../../support/redis-process.ts";

const tags = defineTags({ row: (id: number) => [id] });
const database = new Map<number, string>();
const row = defineResource<{ id: number }, string>({
  name: "row",
  key: ({ id }) => ({ id }),
  tags: ({ id }) => [tags.row(id)],
  ttl: "1 hour",
  load: ({ id }) => database.get(id) ?? "none",
});

/** A port without a server: a replica of it is disconnected. */
const NO_SERVER = "1";

describe.skipIf(versionOf("redis-server") === undefined)("a redis-server and its replica", () => {
  let servers: RedisProcess[];
  let [primary, copy] = [] as unknown as [Connected, Connected];
  let id = 0;
  /** A cache whose client sends plain reads to the replica, as `scaleReads` and `readFrom` do. */
  const cacheWith = (reads: Reads) => {
    const send = (command: readonly string[], { readOnly }: { readOnly: boolean }) =>
      (readOnly ? copy : primary).run("any", command);
    return new Cache({
      store: createRedisStore({ send }),
      storeTimeout: "20 seconds",
      resources: [row],
      reads,
    });
  };
  const link = async (port: string) => {
    await copy.run("any", ["REPLICAOF", "127.0.0.1", port]);
  };
  const offset = async ({ run }: Connected) =>
    /(?:master|slave)_repl_offset:(\d+)/.exec(
      String(await run("any", ["INFO", "replication"])),
    )?.[1];
  const caughtUp = async () => {
    const isSo = async () => {
      const status = String(await copy.run("any", ["INFO", "replication"]));
      const offsets = await Promise.all([copy, primary].map(offset));
      return status.includes("master_link_status:up") && offsets[0] === offsets[1];
    };
    await expect.poll(isSo, { timeout: 20_000 }).toBe(true);
  };

  beforeAll(async () => {
    const options = { "repl-diskless-sync-delay": "0" };
    servers = await Promise.all([0, 1].map(() => startRedisProcess("redis-server", options)));
    const connect = CLIENTS["ioredis 6"] as (typeof CLIENTS)[string];
    [primary, copy] = (await Promise.all(servers.map(({ port }) => connect(port)))) as [
      Connected,
      Connected,
    ];
  });
  /** Stores v1 on both, disconnects the replica, and changes v1 to v2. */
  const divide = async () => {
    id += 1;
    database.set(id, "v1");
    await link(String(servers[0]?.port));
    expect(await cacheWith("primary").get(row, { id })).toBe("v1");
    await caughtUp();
    await link(NO_SERVER);
    database.set(id, "v2");
  };
  afterAll(async () => {
    for (const { close } of [primary, copy]) close();
    await Promise.all(servers.map((server) => server[Symbol.asyncDispose]()));
  });

  test.each([
    ["a pattern", (cache: Cache) => cache.invalidatePattern(`*:${id}`)],
    ["a tag", (cache: Cache) => cache.invalidate(tags.row(id))],
    ["a deletion", (cache: Cache) => cache.invalidate(row, { id })],
  ])(
    "an old value that a cache serves because the replica lacks %s is replaced once the replica has caught up",
    async (_, invalidate) => {
      await divide();
      await invalidate(cacheWith("any"));
      expect(await cacheWith("primary").get(row, { id })).toBe("v2");
      expect(await cacheWith("any").get(row, { id })).toBe("v1");
      await link(String(servers[0]?.port));
      await caughtUp();
      expect(await cacheWith("any").get(row, { id })).toBe("v2");
    },
  );
});

import { Cache, defineResource, defineTags } from "@algoitny/cache";
import { createRedisStore } from "@algoitny/cache/redis";
import { expect, test } from "vitest";
import { CLIENTS, type Connect } from "../../support/redis-clients.ts";
import { SERVERS, startRedisProcess, versionOf } from "../../support/redis-process.ts";

const tags = defineTags({ row: (id: number) => [id] });

const server = SERVERS.find((each) => versionOf(each) !== undefined);

test.skipIf(server === undefined)(
  "a server takes a change of 10,000 tags, more arguments than Lua's unpack can pass to one command",
  async () => {
    await using process = await startRedisProcess(server as string);
    const { client, close } = await (CLIENTS["ioredis 6"] as Connect)(process.port);
    const cache = new Cache({ store: createRedisStore(client), storeTimeout: "20 seconds" });
    let version = 1;
    const row = defineResource({
      name: "row",
      tags: (id: number) => [tags.row(id)],
      ttl: "1 hour",
      load: () => version,
    });
    expect(await cache.get(row, 9_999)).toBe(1);
    const all = Array.from({ length: 10_000 }, (_, id) => tags.row(id));
    await expect(cache.change(all, async () => (version = 2))).resolves.toBe(2);
    expect(await cache.get(row, 9_999)).toBe(2);
    // No hold is left: a value loaded now is stored.
    expect(await cache.peek(row, 9_999)).toBeDefined();
    close();
  },
);

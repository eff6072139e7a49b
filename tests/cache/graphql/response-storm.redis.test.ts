import { MemoryStore } from "@algoitny/cache";
import { TestStore } from "@algoitny/cache/testing";
import { createRedisStore } from "@algoitny/cache/redis";
import { Redis } from "ioredis";
import { describe, expect, test } from "vitest";
import { installedServers, startRedisProcess } from "../../support/redis-process.ts";
import { scale } from "../../support/scale.ts";
import { storm } from "./response-storm.ts";

const { answers, overServer, ofBug } = scale.responseStorm;

test("no answer is older than an acknowledged mutation, and none shows another viewer's value", async () => {
  const store = new MemoryStore();
  const found = await storm({ answers, seed: 1, store });
  const { stale, leaks, hits, recentHits } = found;
  console.log(found);
  expect([stale, leaks]).toEqual([0, 0]);
  expect(hits).toBeGreaterThan(answers / 4);
  expect(recentHits).toBeGreaterThan(answers / 20);
});

test.skipIf(installedServers().length === 0)(
  "over a server, no answer is stale or shows another viewer's value",
  async () => {
    const [[server]] = installedServers() as [[string, string]];
    await using process = await startRedisProcess(server);
    const client = new Redis(process.port, { lazyConnect: true });
    await client.connect();
    try {
      const store = createRedisStore(client);
      const found = await storm({ answers: overServer, seed: 2, store });
      console.log(found);
      const { stale, leaks, hits, recentHits } = found;
      expect([stale, leaks]).toEqual([0, 0]);
      expect(hits).toBeGreaterThan(overServer / 4);
      expect(recentHits).toBeGreaterThan(overServer / 20);
    } finally {
      client.disconnect();
    }
  },
);

test("a storm finds a response that does not depend on some of its entries", async () => {
  const store = new MemoryStore();
  const { stale } = await storm({ answers: ofBug, seed: 3, store, forgets: true });
  expect(stale).toBeGreaterThan(0);
});

test("a storm finds viewers who share a key", async () => {
  const store = new MemoryStore();
  const plant = { viewer: ({ user }: { user?: string | undefined }) => user && "somebody" };
  const { leaks } = await storm({ answers: ofBug, seed: 4, store, plant });
  expect(leaks).toBeGreaterThan(0);
});

describe("a store that loses keys shows no old value", () => {
  test("over memory", async () => {
    const store = new TestStore();
    const found = await storm({
      answers: ofBug,
      seed: 5,
      store,
      trouble: async (roll) => {
        if (roll(5) === 0) return store.restart();
        const keys = (await store.keys()).filter(() => roll(3) === 0);
        await store.evict(keys);
      },
    });
    expect(found).toMatchObject({ stale: 0, leaks: 0 });
    expect(found.hits).toBeGreaterThan(ofBug / 10);
  });

  test.skipIf(installedServers().length === 0)("over a server", async () => {
    const [[server]] = installedServers() as [[string, string]];
    await using process = await startRedisProcess(server);
    const client = new Redis(process.port, { lazyConnect: true });
    await client.connect();
    try {
      const found = await storm({
        answers: ofBug,
        seed: 6,
        store: createRedisStore(client),
        trouble: async (roll) => {
          if (roll(5) === 0) await client.flushall();
          else for (let count = roll(10); count > 0; count -= 1) await evictOne(client);
        },
      });
      expect(found).toMatchObject({ stale: 0, leaks: 0 });
      expect(found.hits).toBeGreaterThan(ofBug / 10);
    } finally {
      client.disconnect();
    }
  });
});

async function evictOne(client: Redis): Promise<void> {
  const key = await client.randomkey();
  if (key !== null) await client.del(key);
}

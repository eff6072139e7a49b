import { Redis } from "ioredis6";
import { describe, expect, test } from "vitest";
import { Cache, defineResource, defineTags } from "@algoitny/cache";
import { toResponse } from "@algoitny/cache/http";
import { createRedisStore } from "@algoitny/cache/redis";
import type { Store } from "@algoitny/cache/store";
import { createUpstashStore } from "@algoitny/cache/upstash";
import { installedServers, startRedisProcess } from "../../support/redis-process.ts";
import { testUpstash } from "../../support/test-upstash.ts";
import { reply, startUpstashProxy } from "../../support/upstash-proxy.ts";

const tags = defineTags({ page: (id: number) => [id] });
const page = defineResource({
  name: "page",
  tags: (id: number) => [tags.page(id)],
  ttl: "10 minutes",
  compression: false,
  load: (id) => `${id}`.repeat(100_000),
});

/** Maximum bytes of an answer for a client that has the entry. */
const MOST_BYTES = 300;

/** Reads an entry of 100 kB as a client with and without a copy; `received` counts the bytes of the store's answers. */
async function readings(store: Store, received: () => number) {
  const cache = new Cache({ store, storeTimeout: "20 seconds", waitTimeout: "20 seconds" });
  await cache.getEntry(page, 1);
  const read = async (ifNoneMatch: string | undefined) => {
    const before = received();
    const reading = await cache.getEntry(page, 1, { ifNoneMatch });
    const bytes = received() - before;
    const headers = { "if-none-match": ifNoneMatch ?? "", "accept-encoding": "identity" };
    const request = new Request("https://api.example/page/1", { headers });
    return { bytes, etag: reading.etag, status: (await toResponse(request, reading)).status };
  };
  const whole = await read(undefined);
  return { whole, revalidated: await read(`"${whole.etag}"`) };
}

function expectSpared({ whole, revalidated }: Awaited<ReturnType<typeof readings>>): void {
  expect(whole).toMatchObject({ status: 200 });
  expect(whole.bytes).toBeGreaterThan(100_000);
  expect(revalidated).toMatchObject({ status: 304, etag: whole.etag });
  expect(revalidated.bytes).toBeGreaterThan(100);
  expect(revalidated.bytes).toBeLessThanOrEqual(MOST_BYTES);
}

test("a revalidation of a large entry moves 300 bytes at most from Upstash, by one command", async () => {
  await using upstash = await testUpstash();
  let received = 0;
  const commands: string[] = [];
  await using proxy = await startUpstashProxy(upstash, async (request, response) => {
    commands.push(...request.commands.map(([name = ""]) => name));
    const answer = await request.forward();
    received += Buffer.byteLength(answer.body);
    reply(response, answer);
  });
  expectSpared(
    await readings(createUpstashStore({ ...proxy, timeout: "20 seconds" }), () => received),
  );
  // A look, a lease and a commit, a hit, and the revalidation.
  expect(commands).toEqual(["EVAL", "EVAL", "EVAL", "EVAL", "EVAL"]);
});

async function scriptsRun(client: Redis): Promise<number> {
  const [, calls] = /cmdstat_evalsha:calls=(\d+)/.exec(await client.info("commandstats")) ?? [];
  return Number(calls);
}

describe.for(installedServers())("over TCP, by %s", ([server]) => {
  test("a revalidation of a large entry moves 300 bytes at most, by one command", async () => {
    await using redis = await startRedisProcess(server);
    const client = new Redis({ port: redis.port, host: "127.0.0.1" });
    try {
      const store = createRedisStore(client);
      // The script is sent whole once, and by its digest afterwards.
      await readings(store, () => 0);
      const before = await scriptsRun(client);
      expectSpared(await readings(store, () => client.stream.bytesRead));
      // Two hits and the revalidation.
      expect((await scriptsRun(client)) - before).toBe(3);
    } finally {
      client.disconnect();
    }
  });
});

import { afterAll, beforeAll, expect, test } from "vitest";
import { Cache, defineResource, defineTags, keyOf } from "@algoitny/cache";
import { createUpstashStore } from "@algoitny/cache/upstash";
import { testUpstash, type TestUpstash } from "../support/upstash.ts";

const tags = defineTags({
  row: (id: number) => [id],
  rows: () => [],
  a: () => [],
  b: () => [],
  c: () => [],
});
const row = defineResource<{ id: number }, { id: number }>({
  name: "row",
  key: keyOf,
  tags: ({ id }) => [tags.row(id), tags.rows(), tags.a(), tags.b(), tags.c()],
  fresh: "1 minute",
  load: ({ id }) => ({ id }),
  loadMany: (params) => [...params],
});

let upstash: TestUpstash;
let cache: Cache;
let id = 0;

beforeAll(async () => {
  upstash = await testUpstash();
  cache = new Cache({ store: createUpstashStore(upstash), storeTimeout: "5 seconds" });
});
afterAll(() => upstash.close());

/** Requests and billed commands that an operation costs. */
async function cost(
  operation: () => Promise<unknown>,
): Promise<{ requests: number; commands: number }> {
  const before = upstash.stats();
  await operation();
  const after = upstash.stats();
  return { requests: after.requests - before.requests, commands: after.commands - before.commands };
}

test("a miss costs three requests and three commands, whatever the number of tags", async () => {
  id += 1;
  expect(await cost(() => cache.get(row, { id }))).toEqual({ requests: 3, commands: 3 });
});

test("a hit costs one request and one command, whatever the number of tags", async () => {
  id += 1;
  await cache.get(row, { id });
  expect(await cost(() => cache.get(row, { id }))).toEqual({ requests: 1, commands: 1 });
});

test("invalidating a tag costs one request and one command, however many entries carry it", async () => {
  await cache.getMany(
    row,
    Array.from({ length: 50 }, (_, index) => ({ id: 1_000 + index })),
  );
  expect(await cost(() => cache.invalidate([tags.rows()]))).toEqual({ requests: 1, commands: 1 });
});

test("invalidating several tags costs one request and a command for each", async () => {
  expect(await cost(() => cache.invalidate([tags.a(), tags.b(), tags.c(), tags.a()]))).toEqual({
    requests: 1,
    commands: 3,
  });
});

test("expire, delete and clear cost one request and one command", async () => {
  expect(await cost(() => cache.expire([tags.a(), tags.b()]))).toEqual({
    requests: 1,
    commands: 1,
  });
  expect(await cost(() => cache.delete(row.keyFor({ id })))).toEqual({ requests: 1, commands: 1 });
  expect(await cost(() => cache.clear())).toEqual({ requests: 1, commands: 1 });
});

test("fifty hits at once cost one request and one command, fifty misses three requests", async () => {
  const params = Array.from({ length: 50 }, (_, index) => ({ id: 2_000 + index }));
  expect(await cost(() => cache.getMany(row, params))).toEqual({ requests: 3, commands: 101 });
  expect(await cost(() => cache.getMany(row, params))).toEqual({ requests: 1, commands: 1 });
});

import { afterAll, beforeAll, expect, test } from "vitest";
import { Cache, defineResource, defineTags, keyOf } from "@algoitny/cache";
import { createUpstashStore } from "@algoitny/cache/upstash";
import { holdLoads } from "../../support/held-loads.ts";
import { testUpstash, type TestUpstash } from "../../support/test-upstash.ts";

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

test("a stale hit costs the reader that refreshes three requests, and any other two", async () => {
  const { load, loads } = holdLoads<number>();
  loads(0).resolve(1);
  const view = defineResource({
    name: "view",
    tags: () => [tags.a()],
    fresh: "1 minute",
    stale: "1 minute",
    load,
  });
  const other = new Cache({ store: createUpstashStore(upstash), storeTimeout: "5 seconds" });
  await cache.get(view, undefined);
  await cache.expire([tags.a()]);
  const all = await cost(async () => {
    const refreshing = cache.get(view, undefined);
    await expect.poll(() => load.mock.calls.length).toBe(2);
    expect(await cost(() => other.get(view, undefined))).toEqual({ requests: 2, commands: 2 });
    loads(1).resolve(2);
    expect(await refreshing).toBe(2);
  });
  expect(all).toEqual({ requests: 5, commands: 5 });
});

test("a refresh costs one request when nothing is due, else three; so does a batch of them", async () => {
  id += 1;
  expect(await cost(() => cache.refresh(row, { id }))).toEqual({ requests: 3, commands: 3 });
  expect(await cost(() => cache.refresh(row, { id }))).toEqual({ requests: 1, commands: 1 });
  const params = Array.from({ length: 40 }, (_, index) => ({ id: 3_000 + index }));
  const batch = () => cache.refreshMany(row, params, { source: undefined });
  expect(await cost(batch)).toEqual({ requests: 3, commands: 81 });
  expect(await cost(batch)).toEqual({ requests: 1, commands: 1 });
});

test("a value under a key of one's own costs what any other does", async () => {
  const get = () => cache.getOrSet("own:key", () => 1, "1 minute");
  expect(await cost(get)).toEqual({ requests: 3, commands: 3 });
  expect(await cost(get)).toEqual({ requests: 1, commands: 1 });
});

test("a pattern costs a command for each resource it covers, and one for each step of the walks over the store", async () => {
  const library = new Cache({
    store: createUpstashStore(upstash),
    prefix: "cost",
    resources: [row],
  });
  await library.getMany(row, [{ id: 1 }, { id: 2 }]);
  const walking = await cost(() => library.invalidatePattern("nothing*"));
  const covering = await cost(() => library.invalidatePattern("row:*"));
  const finding = await cost(() => library.invalidatePattern("*:1"));
  expect(walking.requests).toBe(walking.commands);
  expect(covering.commands).toBe(walking.commands + 1);
  expect(finding.commands).toBeGreaterThan(walking.commands);
});

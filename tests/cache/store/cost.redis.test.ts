import { afterAll, beforeAll, expect, test } from "vitest";
import { Cache, defineResource, defineTags } from "@algoitny/cache";
import { createUpstashStore } from "@algoitny/cache/upstash";
import { work } from "@algoitny/functions/cost/prices";
import { refreshDue } from "../../support/refresh-due.ts";
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
  key: (params) => params,
  tags: ({ id }) => [tags.row(id), tags.rows(), tags.a(), tags.b(), tags.c()],
  ttl: "1 minute",
  load: ({ id }) => ({ id }),
  loadMany: (params) => [...params],
});

let upstash: TestUpstash;
let cache: Cache;
let id = 0;

beforeAll(async () => {
  upstash = await testUpstash();
  cache = new Cache({ store: patient(), storeTimeout: "20 seconds", resources: [row] });
});
afterAll(() => upstash.close());

/** A store whose time limit is long, because these tests count commands, not time. */
const patient = () => createUpstashStore({ ...upstash, timeout: "20 seconds" });

/** Requests and billed commands of an operation. */
async function cost(
  operation: () => Promise<unknown>,
): Promise<{ requests: number; commands: number }> {
  const before = upstash.stats();
  await operation();
  const after = upstash.stats();
  return { requests: after.requests - before.requests, commands: after.commands - before.commands };
}

test("a batch above a hundred entries costs a lease and a commit for each part, and one above a mebibyte a commit", async () => {
  const params = Array.from({ length: 101 }, (_, index) => ({ id: 4_000 + index }));
  expect(await cost(() => cache.getMany(row, params))).toEqual({ requests: 5, commands: 5 });
  const large = { ...row, name: "large", compression: false as const, loadMany: () => bodies };
  const bodies = Array.from({ length: 3 }, () => ({ id: 1, text: "x".repeat(600_000) }));
  const some = bodies.map((_, index) => ({ id: index }));
  expect(await cost(() => cache.getMany(large, some))).toEqual({ requests: 5, commands: 5 });
});

test("a stale hit costs three requests for the reader that refreshes, and two for any other", async () => {
  const { load, loads } = holdLoads<number>();
  loads(0).resolve(1);
  const view = defineResource({
    name: "view",
    tags: () => [tags.a()],
    ttl: "1 minute",
    staleWhileRevalidate: "1 minute",
    load,
  });
  const other = new Cache({ store: patient(), storeTimeout: "20 seconds" });
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

test("a refresh costs one request when no entry is due, else three, alone and in a batch", async () => {
  id += 1;
  expect(await cost(() => refreshDue(cache, row, { id }))).toEqual({ requests: 3, commands: 3 });
  expect(await cost(() => refreshDue(cache, row, { id }))).toEqual({ requests: 1, commands: 1 });
  const params = Array.from({ length: 40 }, (_, index) => ({ id: 3_000 + index }));
  const batch = () => cache.warm(row, params, { source: undefined });
  expect(await cost(batch)).toEqual({ requests: 3, commands: 3 });
  expect(await cost(batch)).toEqual({ requests: 1, commands: 1 });
});

test("a value under a `getOrSet` key costs the same as any other", async () => {
  const get = () => cache.getOrSet("own:key", () => 1, "1 minute");
  expect(await cost(get)).toEqual({ requests: 3, commands: 3 });
  expect(await cost(get)).toEqual({ requests: 1, commands: 1 });
});

test("a pattern that covers whole resources costs one command; any other pattern costs those of its SCAN and two more", async () => {
  const library = new Cache({
    store: patient(),
    storeTimeout: "20 seconds",
    prefix: "cost:1",
    resources: [row],
  });
  await library.getMany(row, [{ id: 1 }, { id: 2 }]);
  const covering = await cost(() => library.invalidatePattern("row:*"));
  expect(covering).toEqual({ requests: 1, commands: 1 });
  const finding = await cost(() => library.invalidatePattern("*:1"));
  const dry = await cost(() => library.invalidatePattern("*:1", { dryRun: true }));
  // One refuses the running loads, one removes the keys that the last step has found.
  expect(finding.commands).toBe(dry.commands + 2);
  expect(finding.requests).toBe(finding.commands);
});

/** Commands that Redis runs for an operation, including those within scripts. */
async function runInside(operation: () => Promise<unknown>): Promise<number> {
  await upstash.redis.call(["CONFIG", "RESETSTAT"]);
  await operation();
  const report = String(await upstash.redis.call(["INFO", "commandstats"]));
  const calls = [...report.matchAll(/^cmdstat_(\S+?):calls=(\d+)/gm)];
  const counted = calls.filter(([, name = ""]) => !/^(?:config|info)/.test(name));
  return counted.reduce((sum, [, , count]) => sum + Number(count), 0);
}

test.skipIf(process.env["REDIS_ENGINE"] !== "server")(
  "commands that Redis runs inside of scripts: 13 a miss and one more for each missing stamp, two a hit, one an invalidation",
  async () => {
    id += 1;
    const view = { ...row, name: "view_of_two", tagsFor: () => [tags.row(id), tags.rows()] };
    const read = () => cache.get(view, { id });
    await read();
    await cache.invalidate([tags.row(id)]);
    await cache.invalidate(view, { id });
    expect(await runInside(read)).toBe(work.miss.commandsInside);
    expect(await runInside(read)).toBe(work.hit.commandsInside);
    await cache.invalidate(view, { id });
    expect(await runInside(read)).toBe(work.miss.commandsInside - 1);
    expect(await runInside(() => cache.expire([tags.row(id), tags.rows()]))).toBe(6);
    const invalidate = () => cache.invalidate([tags.row(id), tags.rows(), tags.a()]);
    expect(await runInside(invalidate)).toBe(work.invalidation.commands);
  },
);

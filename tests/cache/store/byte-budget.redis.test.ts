import { Cache, defineResource, Loaded } from "@algoitny/cache";
import { createUpstashStore } from "@algoitny/cache/upstash";
import { expect, test } from "vitest";
import { testUpstash } from "../../support/test-upstash.ts";

test("a budget's window in Redis ends a minute after its first entry, and entries over the budget live 10 s", async () => {
  await using upstash = await testUpstash();
  const cache = new Cache({ store: createUpstashStore(upstash), storeTimeout: "5 seconds" });
  const search = defineResource({
    name: "search",
    ttl: "5 minutes",
    jitter: 0,
    load: (term: string) => new Loaded(term, { budget: { name: "all", bytesPerMinute: 700 } }),
  });
  const leftMs = (key: string) => upstash.client().pttl(`cache:1:${key}`);
  const kept: unknown[] = [];
  const ends: unknown[] = [];
  for (const term of ["a", "b", "c", "d"]) {
    kept.push((await cache.getEntry(search, term)).detail ?? "whole");
    ends.push(await leftMs(`search:${term}`));
  }
  expect(kept[0]).toBe("whole");
  expect(kept.at(-1)).toBe("over-budget");
  expect(ends[0]).toBeGreaterThan(200_000);
  expect(ends.at(-1)).toBeGreaterThan(0);
  expect(ends.at(-1)).toBeLessThanOrEqual(10_000);
  const window = await leftMs("budget:all");
  expect(window).toBeGreaterThan(0);
  expect(window).toBeLessThanOrEqual(60_000);
});

test("later entries do not extend a budget's window, and an entry over the budget does not live longer than its ttl", async () => {
  await using upstash = await testUpstash();
  const cache = new Cache({ store: createUpstashStore(upstash), storeTimeout: "5 seconds" });
  const search = defineResource({
    name: "search",
    ttl: "3 seconds",
    jitter: 0,
    load: (term: string) => new Loaded(term, { budget: { name: "all", bytesPerMinute: 1 } }),
  });
  const client = upstash.client();
  await cache.get(search, "a");
  await client.pexpire("cache:1:budget:all", 30_000);
  expect(await cache.getEntry(search, "b")).toMatchObject({ detail: "over-budget" });
  expect(await client.pttl("cache:1:budget:all")).toBeLessThanOrEqual(30_000);
  expect(await client.pttl("cache:1:search:b")).toBeLessThanOrEqual(3_000);
});

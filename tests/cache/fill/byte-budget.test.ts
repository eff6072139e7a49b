import { defineResource, Loaded } from "@algoitny/cache";
import { expect, test } from "vitest";
import { fleet } from "../../support/test-cache.ts";

const search = defineResource({
  name: "search",
  ttl: "5 minutes",
  staleIfError: "1 hour",
  jitter: 0,
  compression: false,
  load: (term: string) =>
    new Loaded(term.repeat(100), { budget: { name: "searches", bytesPerMinute: 5_000 } }),
});

const page = defineResource({
  name: "page",
  ttl: "5 minutes",
  jitter: 0,
  load: (number: number) => `page ${number}`,
});

test("of a flood of entries, as many as fit into the budget live their whole lifetime, and the others 10 s", async () => {
  const { cache, clock, store } = fleet();
  const isStored = async (number: number) =>
    (await cache.getEntry(search, String(number))).status === "hit";
  for (let number = 100; number < 200; number += 1) await cache.get(search, String(number));
  expect(await isStored(199)).toBe(true);
  await clock.advance(10_000);
  expect(await isStored(100)).toBe(true);
  expect(await isStored(199)).toBe(false);
  const { keys } = await store.walk({ pattern: "cache:1:search:*", remove: [] });
  const texts = await store.mget(keys);
  const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text ?? ""), 0);
  expect(bytes).toBeGreaterThan(4_000);
  expect(bytes).toBeLessThan(6_000);
});

test("processes share a budget, which is full again after a minute", async () => {
  const { clock, instance } = fleet();
  const caches = [instance(), instance()];
  const details = async (first: number) => {
    const all: unknown[] = [];
    for (let number = first; number < first + 12; number += 1) {
      const cache = caches[number % 2] ?? instance();
      all.push((await cache.getEntry(search, String(number))).detail);
    }
    return all;
  };
  expect(new Set(await details(200))).toEqual(new Set([undefined, "over-budget"]));
  await clock.advance(59_000);
  expect(new Set(await details(300))).toEqual(new Set(["over-budget"]));
  await clock.advance(1_000);
  expect((await details(400))[0]).toBeUndefined();
});

test("a read that stores beyond the budget returns that as its detail, with the shortened lifetime", async () => {
  const { cache, clock } = fleet();
  for (let number = 100; number < 120; number += 1) await cache.get(search, String(number));
  const { status, stored, detail, entry } = await cache.getEntry(search, "a");
  expect({ status, stored, detail }).toEqual({
    status: "miss",
    stored: true,
    detail: "over-budget",
  });
  const { freshUntilMs, errorUntilMs } = entry.header;
  expect([freshUntilMs - clock.now(), errorUntilMs - clock.now()]).toEqual([10_000, 10_000]);
});

test("entries without a budget keep their lifetime beside a flood", async () => {
  const { cache, clock } = fleet();
  for (let number = 100; number < 200; number += 1) await cache.get(search, String(number));
  await cache.get(page, 1);
  await clock.advance(60_000);
  expect((await cache.getEntry(page, 1)).status).toBe("hit");
});

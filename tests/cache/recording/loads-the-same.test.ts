import {
  Cache,
  defineResource,
  Loaded,
  type LoadReads,
  MemoryStore,
  parseTag,
} from "@algoitny/cache";
import { loadsTheSame } from "@algoitny/cache/testing";
import { describe, expect, test } from "vitest";

const view = (load: (reads: LoadReads | undefined) => unknown) =>
  defineResource({
    name: "view",
    tags: "reads",
    ttl: "1 minute",
    load: async (_: void, _source: void, { reads }) => load(reads),
  });
const source = undefined;

describe("two loads that differ are found:", () => {
  let calls = 0;
  test.for([
    ["the time", () => ({ rows: [{ at: Date.now() }] }), "value.rows.0.at"],
    ["the day", () => ({ day: new Date().getUTCDate() }), "value.day"],
    ["a random number", () => new Loaded({ pick: Math.random() }), "value.pick"],
    ["what the module remembers", () => ({ calls: (calls += 1) }), "value.calls"],
    ["a part that is there once", () => ((calls += 1) % 2 ? { part: 1 } : {}), "value.part"],
  ] as const)("%s", async ([, load, place]) => {
    await expect(loadsTheSame(view(load), undefined, { source })).rejects.toThrow(
      `two loads differ in ${place}`,
    );
  });
});

test("two loads of the same data are equal, also where they read other views", async () => {
  const cache = new Cache({ store: new MemoryStore() });
  const part = view(() => ({ title: "Emma", born: new Date(0).toISOString() }));
  const whole = view(async (reads) => {
    await reads?.before([[{ tag: parseTag("book:7"), words: "a book" }]]);
    return reads?.cache.get(part);
  });
  await loadsTheSame(whole, undefined, { source, cache, apart: "1 hour" });
  await expect(loadsTheSame(whole, undefined, { source })).rejects.toThrow("pass a cache");
  expect(Math.abs(Date.now() - performance.timeOrigin - performance.now())).toBeLessThan(60_000);
});

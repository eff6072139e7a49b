import { Cache, defineResource, defineTags, throttled } from "@algoitny/cache";
import { createUpstashStore } from "@algoitny/cache/upstash";
import { afterAll, beforeAll, expect, test } from "vitest";
import { testUpstash, type TestUpstash } from "../../support/test-upstash.ts";

let upstash: TestUpstash;
beforeAll(async () => {
  upstash = await testUpstash();
});
afterAll(() => upstash.close());

const AFTER_RELOADS = 3;
const tags = defineTags({ feed: () => [] });

test("a tag becomes hot when invalidations overtake its loads; then its entry survives invalidations in every process, except those by `change`", async () => {
  const instance = () =>
    new Cache({
      store: createUpstashStore({ ...upstash, timeout: "20 seconds" }),
      storeTimeout: "20 seconds",
    });
  const [here, there] = [instance(), instance()];
  const invalidate = () => there.invalidate(tags.feed());
  let shown = "first";
  let overtake: () => Promise<void> = invalidate;
  const feed = defineResource<void, string>({
    name: "feed",
    // Longer than this test takes, even on a slow machine.
    tags: () => [throttled(tags.feed(), "10 minutes", { afterReloads: AFTER_RELOADS })],
    ttl: "1 hour",
    load: async () => {
      const value = shown;
      await overtake();
      return value;
    },
  });
  const details: unknown[] = [];
  for (let load = 0; load <= AFTER_RELOADS; load += 1)
    details.push((await here.getEntry(feed)).detail);
  expect(details).toEqual([...Array<string>(AFTER_RELOADS).fill("fill-refused"), undefined]);
  overtake = async () => undefined;

  shown = "second";
  await invalidate();
  expect(await there.get(feed)).toBe("first");

  await here.change(tags.feed(), () => {
    shown = "third";
  });
  expect(await Promise.all([here.get(feed), there.get(feed)])).toEqual(["third", "third"]);
});

import { expect, test } from "vitest";
import { defineResource, defineTags, throttled } from "@algoitny/cache";
import { fleet } from "../../support/test-cache.ts";

const tags = defineTags({ feed: () => [] });

/** A busy feed whose entries survive an invalidation for 2 s, and whose load takes some time. */
function setup(loadMs: number) {
  const { clock, store, cache } = fleet();
  const feed = defineResource<void, number>({
    name: "feed",
    tags: () => [throttled(tags.feed(), "2 seconds")],
    ttl: "1 hour",
    load: async () => {
      await clock.sleep(loadMs);
      return clock.now();
    },
  });
  return { clock, store, cache, feed };
}

test("a value younger than its throttled tag's interval is stored although the tag was invalidated during the load", async () => {
  const { clock, cache, feed } = setup(1_000);
  const reading = cache.getEntry(feed, undefined);
  await clock.advance(500);
  await cache.invalidate([tags.feed()]);
  await clock.advance(500);
  expect((await reading).stored).toBe(true);
});

test("a value older than its throttled tag's interval is refused when the tag was invalidated during the load", async () => {
  const { clock, cache, feed } = setup(2_000);
  const reading = cache.getEntry(feed, undefined);
  await clock.advance(500);
  await cache.invalidate([tags.feed()]);
  await clock.advance(1_500);
  expect((await reading).detail).toBe("fill-refused");
});

test("an entry survives invalidations of its throttled tag until it is as old as the tag's interval", async () => {
  const { clock, cache, feed } = setup(0);
  const first = cache.get(feed, undefined);
  await clock.advance(0);
  await first;
  await cache.invalidate([tags.feed()]);
  await clock.advance(1_999);
  expect((await cache.getEntry(feed, undefined)).status).toBe("hit");
  await clock.advance(1);
  const reading = cache.getEntry(feed, undefined);
  await clock.advance(0);
  expect((await reading).status).toBe("miss");
});

test("an entry younger than its throttled tag's interval survives the loss of that tag's stamp, and of no other", async () => {
  const { clock, store, cache, feed } = setup(0);
  const read = async () => {
    const reading = cache.getEntry(feed, undefined);
    await clock.advance(0);
    return (await reading).status;
  };
  await read();
  await store.delete(["cache:1:tag:feed"]);
  expect(await read()).toBe("hit");
  await store.delete(["cache:1:tag:@all"]);
  expect(await read()).toBe("miss");
});

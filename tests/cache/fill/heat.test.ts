import { defineResource, defineTags, throttled } from "@algoitny/cache";
import { expect, test } from "vitest";
import { fleet } from "../../support/test-cache.ts";

const tags = defineTags({ feed: () => [], hidden: () => [] });

/** Heat of an entry from which the tag of these tests is hot. */
const AFTER = 2;

/** Two processes and a feed that is exact until its tag is hot, then at most a second old; the value is the time of the load. */
function setup({ loadMs = 0, l1 = false } = {}) {
  const { clock, cache: here, instance } = fleet();
  const there = instance();
  const feed = defineResource<void, number>({
    name: "feed",
    tags: () => [throttled(tags.feed(), "1 second", { afterReloads: AFTER }), tags.hidden()],
    ttl: "1 hour",
    l1,
    load: async () => {
      const asOfMs = clock.now();
      if (loadMs > 0) await clock.sleep(loadMs);
      return asOfMs;
    },
  });
  const read = async (cache = here) => {
    const reading = cache.getEntry(feed, undefined);
    await clock.advance(loadMs);
    const { status, detail, entry } = await reading;
    return { status, detail, heat: entry.header.heat ?? 0 };
  };
  const bump = () => here.invalidate([tags.feed()]);
  /** Loads once, and then so many more times, each 100 ms after an invalidation. */
  const heatUp = async (reloads: number) => {
    await read();
    for (let count = 0; count < reloads; count += 1) {
      await bump();
      await clock.advance(100);
      await read();
    }
  };
  return { clock, here, there, feed, read, bump, heatUp };
}

test("an entry's heat grows with each load that its throttled tag causes soon after the one before; only a hot entry survives an invalidation", async () => {
  const { clock, there, read, bump, heatUp } = setup();
  await heatUp(AFTER - 1);
  expect(await read()).toMatchObject({ status: "hit", heat: AFTER - 1 });
  await bump();
  await clock.advance(100);
  expect(await read()).toMatchObject({ status: "miss", heat: AFTER });
  await bump();
  await clock.advance(999);
  // Other processes read the heat from the entry.
  expect(await read(there)).toMatchObject({ status: "hit", heat: AFTER });
  await clock.advance(1);
  expect(await read(there)).toMatchObject({ status: "miss", heat: AFTER + 1 });
});

test("a hot tag cools after two of its intervals without a load, a tag that is not hot after one", async () => {
  const { clock, read, bump, heatUp } = setup();
  await heatUp(AFTER - 1);
  await bump();
  await clock.advance(1_000);
  expect(await read()).toMatchObject({ status: "miss", heat: 0 });
  await heatUp(AFTER);
  await bump();
  await clock.advance(1_999);
  expect(await read()).toMatchObject({ status: "miss", heat: AFTER + 1 });
  await bump();
  await clock.advance(2_000);
  expect(await read()).toMatchObject({ status: "miss", heat: 0 });
  await bump();
  expect((await read()).status).toBe("miss");
});

test("loads without an invalidation of the throttled tag add no heat", async () => {
  const { here, feed, read, heatUp } = setup();
  await heatUp(1);
  await here.invalidate([tags.hidden()]);
  expect(await read()).toMatchObject({ status: "miss", heat: 0 });
  await heatUp(1);
  await here.refresh(feed);
  expect((await read()).heat).toBe(0);
});

test("loads after a soft expiry of the tag add no heat", async () => {
  const { here, read, heatUp } = setup();
  await heatUp(1);
  await here.expire([tags.feed()]);
  expect(await read()).toMatchObject({ status: "miss", heat: 0 });
});

test("entries become hot although an invalidation overtakes each load", async () => {
  const { clock, here, there, feed, bump, read } = setup({ loadMs: 50 });
  const outcomes: unknown[] = [];
  for (let count = 0; count <= AFTER; count += 1) {
    const reading = here.getEntry(feed, undefined);
    await clock.advance(20);
    await bump();
    await clock.advance(30);
    const { detail, stored } = await reading;
    outcomes.push([detail, stored]);
  }
  const refused = ["fill-refused", false];
  expect(outcomes).toEqual([...Array.from({ length: AFTER }, () => refused), [undefined, true]]);
  expect((await read(there)).status).toBe("hit");
});

test("a read that began after an invalidation does not join a load that began before it, unless the tag is hot", async () => {
  const { clock, here, feed, bump, heatUp } = setup({ loadMs: 50 });
  const shared = async () => {
    const first = here.getEntry(feed, undefined);
    await clock.advance(20);
    await bump();
    const second = here.getEntry(feed, undefined);
    await clock.advance(30);
    await clock.advance(50);
    return (await second).collapsed && (await second).etag === (await first).etag;
  };
  expect(await shared()).toBe(false);
  await heatUp(AFTER);
  await clock.advance(1_000);
  await bump();
  expect(await shared()).toBe(true);
});

test("an entry that may not be served is not held in its process either", async () => {
  const { clock, here, feed, bump, read } = setup({ loadMs: 50, l1: true });
  await read();
  await bump();
  const reading = here.getEntry(feed, undefined);
  await clock.advance(20);
  await bump();
  await clock.advance(30);
  const asOf = await (await reading).value();
  const again = here.getEntry(feed, undefined);
  await clock.advance(50);
  expect(await (await again).value()).toBeGreaterThan(asOf);
});

test.each([
  ["hot", { afterReloads: AFTER }, AFTER],
  ["always throttled", {}, 0],
])("`change` invalidates at once, also under a tag that is %s", async (_name, options, reloads) => {
  const { clock, cache } = fleet();
  const shown = { feed: "public" };
  const feed = defineResource<void, string>({
    name: "feed",
    tags: () => [throttled(tags.feed(), "1 minute", options)],
    ttl: "1 hour",
    load: () => shown.feed,
  });
  await cache.get(feed);
  for (let count = 0; count < reloads; count += 1) {
    await cache.invalidate([tags.feed()]);
    await clock.advance(10);
    await cache.get(feed);
  }
  await cache.invalidate([tags.feed()]);
  expect((await cache.getEntry(feed)).status).toBe("hit");
  await cache.change([tags.feed()], () => {
    shown.feed = "private";
  });
  expect(await cache.get(feed)).toBe("private");
});

test("a load that `change` overtakes is not stored, also under a hot tag", async () => {
  const { clock, here, read, feed, heatUp } = setup({ loadMs: 50 });
  await heatUp(AFTER);
  await clock.advance(1_000);
  await here.invalidate([tags.feed()]);
  const reading = here.getEntry(feed, undefined);
  await clock.advance(20);
  await here.change([tags.feed()], () => undefined);
  await clock.advance(30);
  expect(await reading).toMatchObject({ detail: "fill-refused", stored: false });
  expect((await read()).status).toBe("miss");
});

test("under a tag that is given twice, an entry survives only what both declarations tolerate", async () => {
  const { clock, cache } = fleet();
  const define = (
    name: string,
    ...given: (ReturnType<typeof throttled> | ReturnType<typeof tags.feed>)[]
  ) =>
    defineResource<void, number>({
      name,
      tags: () => given,
      ttl: "1 hour",
      load: () => clock.now(),
    });
  const briefly = throttled(tags.feed(), "1 second");
  const both = define("both", briefly, throttled(tags.feed(), "1 minute"));
  const exact = define("exact", briefly, tags.feed());
  await Promise.all([cache.get(both), cache.get(exact)]);
  await cache.invalidate([tags.feed()]);
  expect((await cache.getEntry(both)).status).toBe("hit");
  expect((await cache.getEntry(exact)).status).toBe("miss");
  await clock.advance(1_000);
  expect((await cache.getEntry(both)).status).toBe("miss");
});

import { describe, expect, test, vi } from "vitest";
import { defineResource, defineTags, parseTag, throttled } from "@algoitny/cache";
import { holdLoads } from "../../support/held-loads.ts";
import { fleet, gate } from "../../support/test-cache.ts";

const tags = defineTags({
  problem: (id: number) => [id],
  lists: () => [],
  user: (id: string) => [id],
});

function setup() {
  const parts = fleet();
  let version = 0;
  const load = vi.fn(() => ++version);
  const detail = defineResource<number, number>({
    name: "detail",
    key: String,
    tags: (id) => [tags.problem(id), tags.lists()],
    ttl: "1 minute",
    load,
  });
  const list = defineResource<void, number>({
    name: "list",
    tags: () => [tags.lists()],
    ttl: "1 minute",
    load,
  });
  return { ...parts, detail, list };
}

test("a tag is its name and its parts, escaped and joined by colons", () => {
  expect(tags.problem(7)).toBe("problem:7");
  expect(tags.lists()).toBe("lists");
  expect(tags.user("a:b")).toBe("user:a%3Ab");
  expect(parseTag("problem:7")).toBe("problem:7");
  expect(() => parseTag("two words")).toThrow(/without blanks/);
});

test("a tag invalidates the entries that carry it and no others", async () => {
  const { cache, detail, list } = setup();
  expect([
    await cache.get(detail, 1),
    await cache.get(detail, 2),
    await cache.get(list, undefined),
  ]).toEqual([1, 2, 3]);
  await cache.invalidate([tags.problem(1)]);
  expect([
    await cache.get(detail, 1),
    await cache.get(detail, 2),
    await cache.get(list, undefined),
  ]).toEqual([4, 2, 3]);
  await cache.invalidate([list.tag]);
  expect([await cache.get(detail, 1), await cache.get(list, undefined)]).toEqual([4, 5]);
  await cache.clear();
  expect([await cache.get(detail, 2), await cache.get(list, undefined)]).toEqual([6, 7]);
});

test("an evicted stamp makes its entries invalid", async () => {
  const { cache, store, detail } = setup();
  await cache.get(detail, 1);
  await store.delete(["cache:1:tag:problem:1"]);
  expect(await cache.get(detail, 1)).toBe(2);
});

test("deleting a key refuses the commit of the load that is under way", async () => {
  const { clock, cache, instance } = fleet();
  const { load, loads } = holdLoads<string>();
  const row = defineResource<void, string>({ name: "row", ttl: "1 minute", load });
  const filling = cache.getEntry(row, undefined);
  await clock.advance(0);
  await instance().invalidate(row, undefined);
  loads(0).resolve("old");
  expect((await filling).detail).toBe("fill-refused");
  loads(1).resolve("new");
  expect(await cache.get(row, undefined)).toBe("new");
});

describe("a throttled tag", () => {
  test("lets young entries survive, so that a busy feed is loaded once in the tag's interval", async () => {
    const { clock, cache } = fleet();
    const load = vi.fn(() => clock.now());
    const feed = defineResource<void, number>({
      name: "feed",
      tags: () => [throttled(tags.lists(), "10 seconds"), tags.user("me")],
      ttl: "1 minute",
      load,
    });
    await cache.get(feed, undefined);
    for (let second = 0; second < 10; second += 1) {
      await cache.invalidate([tags.lists()]);
      await cache.get(feed, undefined);
      clock.jump(1_000);
    }
    expect(load).toHaveBeenCalledTimes(1);
    await cache.get(feed, undefined);
    expect(load).toHaveBeenCalledTimes(2);
  });

  test("does not let a value survive whose load took longer than the tag's interval", async () => {
    const { clock, cache, instance } = fleet();
    const slow = gate<string>();
    const answers = [slow.promise, Promise.resolve("new")];
    const feed = defineResource<void, string>({
      name: "feed",
      tags: () => [throttled(tags.lists(), "1 second")],
      ttl: "1 minute",
      load: () => answers.shift() ?? "none",
    });
    const before = cache.get(feed, undefined);
    await clock.advance(0);
    await instance().invalidate([tags.lists()]);
    await clock.advance(1_500);
    const after = cache.get(feed, undefined);
    await clock.advance(0);
    slow.resolve("old");
    expect([await before, await after]).toEqual(["old", "new"]);
  });

  test("does not protect entries from their other tags: a user's own write is shown at once", async () => {
    const { cache } = fleet();
    const load = vi.fn(() => 1);
    const feed = defineResource<void, number>({
      name: "feed",
      tags: () => [throttled(tags.lists(), "10 seconds"), tags.user("me")],
      ttl: "1 minute",
      load,
    });
    await cache.get(feed, undefined);
    await cache.invalidate([tags.user("me")]);
    await cache.get(feed, undefined);
    expect(load).toHaveBeenCalledTimes(2);
  });
});

test("an eventually consistent load just after an invalidation is replaced after a second", async () => {
  const { clock, cache } = fleet();
  let index = "old";
  const view = defineResource<void, string>({
    name: "view",
    tags: () => [tags.lists()],
    ttl: "10 minutes",
    consistency: "eventual",
    load: () => index,
  });
  await cache.invalidate([tags.lists()]);
  expect(await cache.get(view, undefined)).toBe("old");
  index = "new";
  clock.jump(1_000);
  expect(await cache.get(view, undefined)).toBe("new");
  clock.jump(5_000);
  await cache.get(view, undefined);
  clock.jump(300_000);
  expect((await cache.getEntry(view, undefined)).status).toBe("hit");
});

test("an eventually consistent view is cached from its second load on", async () => {
  const { clock, cache } = fleet();
  const load = vi.fn(() => "value");
  const view = defineResource<void, string>({
    name: "view",
    ttl: "10 minutes",
    consistency: "eventual",
    load,
  });
  // The first load cannot know the time of the last invalidation.
  for (let read = 0; read < 5; read += 1) {
    await cache.get(view, undefined);
    clock.jump(120_000);
  }
  expect(load).toHaveBeenCalledTimes(2);
});

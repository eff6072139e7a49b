import { expect, test, vi } from "vitest";
import { Cache, defineResource, defineTags, MemoryStore } from "@algoitny/cache";
import { VirtualClock } from "@algoitny/cache/testing";

const tags = defineTags({ thing: (id: number) => [id] });

function setup() {
  const clock = new VirtualClock(1_000_000);
  const load = vi.fn(({ id }: { id: number }) => (id < 0 ? undefined : { id, at: clock.now() }));
  const thing = defineResource({
    name: "thing",
    key: ({ id }: { id: number }) => ({ id }),
    tags: ({ id }) => [tags.thing(id)],
    ttl: "1 minute",
    jitter: 0,
    load,
  });
  const store = new MemoryStore({ now: clock.now });
  const cache = new Cache({ store, clock, random: () => 0.5 });
  return { cache, thing, load, store, advance: (ms: number) => clock.jump(ms) };
}

test("a fresh entry is served without a load", async () => {
  const { cache, thing, load, advance } = setup();
  await cache.get(thing, { id: 1 });
  advance(59_999);
  expect(await cache.get(thing, { id: 1 })).toEqual({ id: 1, at: 1_000_000 });
  expect(load).toHaveBeenCalledTimes(1);
  advance(1);
  await cache.get(thing, { id: 1 });
  expect(load).toHaveBeenCalledTimes(2);
});

test("an invalidated entry is loaded again", async () => {
  const { cache, thing, load, advance } = setup();
  await cache.get(thing, { id: 1 });
  advance(5);
  await cache.invalidate([tags.thing(1)]);
  expect(await cache.get(thing, { id: 1 })).toEqual({ id: 1, at: 1_000_005 });
  expect(load).toHaveBeenCalledTimes(2);
});

test("not found is cached for its own, shorter time", async () => {
  const { cache, thing, load, advance } = setup();
  expect(await cache.get(thing, { id: -1 })).toBeUndefined();
  expect((await cache.getEntry(thing, { id: -1 })).status).toBe("hit");
  expect(load).toHaveBeenCalledTimes(1);
  advance(6_000);
  expect(await cache.get(thing, { id: -1 })).toBeUndefined();
  expect(load).toHaveBeenCalledTimes(2);
});

test("not found is stored for a shorter time", async () => {
  const { cache, thing } = setup();
  const { entry } = await cache.getEntry(thing, { id: -1 });
  expect(entry.header.freshUntilMs - entry.header.createdMs).toBe(6_000);
  expect((await cache.getEntry(thing, { id: 1 })).entry.header.freshUntilMs).toBe(1_060_000);
});

test("getMany returns values in order, and loads equal keys once", async () => {
  const { cache, thing, load } = setup();
  await cache.get(thing, { id: 2 });
  const values = await cache.getMany(thing, [{ id: 1 }, { id: 2 }, { id: -3 }, { id: 1 }]);
  expect(values.map((value) => (value instanceof Error ? value : value?.id))).toEqual([
    1,
    2,
    undefined,
    1,
  ]);
  expect(load).toHaveBeenCalledTimes(3);
});

import { describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { Cache, defineResource, defineTags, MemoryStore } from "@algoitny/cache";
import { overNetwork } from "@algoitny/cache/testing";
import { fleet } from "../../support/test-cache.ts";

const tags = defineTags({ list: () => [] });
const ITEMS = Array.from({ length: 100 }, (_, id) => ({ id, title: `Title of ${id}` }));

/** A list that the process holds, its value shared, in a cache with nothing loaded yet. */
function setup(share = true) {
  const load = vi.fn(async () => structuredClone(ITEMS));
  const list = defineResource({
    name: "list",
    tags: () => [tags.list()],
    ttl: "1 minute",
    l1: { revalidateAfter: "1 minute", share },
    load,
  });
  return { cache: new Cache({ store: new MemoryStore() }), list, load };
}

describe("a value that is shared", () => {
  test("is the same object for all reads, single ones and batches", async () => {
    const { cache, list, load } = setup();
    await cache.get(list);
    const value = await cache.get(list);
    expect(value).toEqual(ITEMS);
    expect(await cache.get(list)).toBe(value);
    expect(await cache.getMany(list, [undefined])).toEqual([value]);
    expect((await cache.getMany(list, [undefined]))[0]).toBe(value);
    expect(load).toHaveBeenCalledTimes(1);
  });

  test("is deeply frozen, also for the read that loads it", async () => {
    const { cache, list } = setup();
    for (const _ of ["miss", "hit", "again"]) {
      const value = await cache.get(list);
      expect(() => value.push({ id: 101, title: "mine" })).toThrow(TypeError);
      expect(() => Object.assign(value[7] ?? {}, { title: "mine" })).toThrow(TypeError);
    }
  });

  test("is a copy: the loader may still change the object that it returned", async () => {
    const { cache, list, load } = setup();
    const own = structuredClone(ITEMS);
    load.mockResolvedValue(own);
    await cache.get(list);
    own.push({ id: 100, title: "later" });
    expect(await cache.get(list)).toEqual(ITEMS);
  });

  test("is another object after an invalidation", async () => {
    const { cache, list, load } = setup();
    await cache.get(list);
    const before = await cache.get(list);
    load.mockResolvedValue([{ id: 1, title: "new" }]);
    await cache.invalidate(tags.list());
    expect(await cache.get(list)).toEqual([{ id: 1, title: "new" }]);
    expect(await cache.get(list)).not.toBe(before);
    expect(before).toEqual(ITEMS);
  });

  test("is the schema's output, computed once", async () => {
    const { cache } = setup();
    const refine = vi.fn((text: string) => ({ text }));
    const page = defineResource({
      name: "page",
      ttl: "1 minute",
      l1: { share: true },
      schema: z.string().transform(refine),
      load: async () => "text",
    });
    const values = [await cache.get(page), await cache.get(page), await cache.get(page)];
    const calls = refine.mock.calls.length;
    expect(values).toEqual([{ text: "text" }, { text: "text" }, { text: "text" }]);
    expect(await cache.get(page)).toBe(values[2]);
    expect(refine).toHaveBeenCalledTimes(calls);
  });
});

test.each([
  [
    "a Date of a schema",
    z.iso.datetime().transform((text) => new Date(text)),
    "2026-11-28T00:00:00Z",
  ],
  ["bytes", undefined, new Uint8Array([1, 2, 3])],
] as const)("%s can be changed, so each read gets a separate one", async (_, schema, loaded) => {
  const { cache } = setup();
  const own = defineResource({
    name: "own",
    ttl: "1 minute",
    l1: { share: true },
    ...(schema && { schema }),
    load: async () => loaded as never,
  });
  await cache.get(own);
  const [one, other] = [await cache.get(own), await cache.get(own)];
  expect(one).toEqual(other);
  expect(one).not.toBe(other);
});

test("without sharing each read has a separate value, which it may change", async () => {
  const { cache, list } = setup(false);
  await cache.get(list);
  (await cache.get(list)).length = 0;
  expect(await cache.get(list)).toEqual(ITEMS);
});

test("the decoded text of a body counts for the size limit of the process's copies", async () => {
  const asked: (readonly string[])[] = [];
  const { cache } = fleet({
    wrap: (store) => ({
      ...overNetwork(store, {}),
      mget: (keys) => {
        asked.push(keys);
        return store.mget(keys);
      },
    }),
    l1MaxBytes: 8_000,
  });
  // Brotli compresses each 5,000 bytes to 20.
  const page = defineResource({
    name: "page",
    ttl: "1 minute",
    l1: true,
    load: (id: number) => `${id}`.repeat(5_000),
  });
  for (const id of [1, 2]) await cache.get(page, id);
  await cache.get(page, 1);
  asked.length = 0;
  await cache.get(page, 2);
  expect(asked.flat()).toContain("cache:1:page:2");
});

describe("a value from a schema", () => {
  const made = (schema: z.ZodType) => {
    const { cache } = setup();
    const page = defineResource({
      name: "page",
      ttl: "1 minute",
      l1: { share: true },
      schema,
      load: async (): Promise<unknown> => ({ list: [{ id: 1 }] }),
    });
    return async () => (await cache.get(page)) as { list: { id: number }[] };
  };

  test("is deeply frozen, although the schema has frozen only its outermost object", async () => {
    const read = made(z.object({ list: z.array(z.object({ id: z.number() })) }).readonly());
    await read();
    const shared = await read();
    expect(() => shared.list.push({ id: 2 })).toThrow(TypeError);
    expect(await read()).toBe(shared);
  });

  test("may refer to itself", async () => {
    const read = made(
      z.unknown().transform(() => {
        const loop: Record<string, unknown> = { list: [] };
        loop["loop"] = loop;
        return loop;
      }),
    );
    await read();
    const shared = await read();
    expect(Object.isFrozen(shared.list)).toBe(true);
    expect(await read()).toBe(shared);
  });
});

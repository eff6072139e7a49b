import { expect, test, vi } from "vitest";
import { Cache, cacheQuery, defineResource, Loaded, MemoryStore } from "@algoitny/cache";
import { toResponse } from "@algoitny/cache/http";

interface Visit {
  at: Date;
  pages: Map<string, number>;
}
const VISIT: Visit = { at: new Date(1_700_000_000_000), pages: new Map([["/", 2]]) };

/** Serializes Dates and Maps with their types. */
const serializer = {
  stringify: (value: unknown) =>
    JSON.stringify(value, function (this: Record<string, unknown>, name, plain: unknown) {
      const own = this[name];
      if (own instanceof Date) return { $date: own.getTime() };
      return own instanceof Map ? { $map: [...own] } : plain;
    }),
  parse: (text: string): unknown =>
    JSON.parse(text, (_name, value: { $date?: number; $map?: [string, number][] } | null) => {
      if (value?.$date !== undefined) return new Date(value.$date);
      return value?.$map ? new Map(value.$map) : value;
    }),
};

function setup() {
  const load = vi.fn(async (id: number): Promise<Visit | undefined> =>
    id > 0 ? VISIT : undefined,
  );
  const visit = defineResource({ name: "visit", ttl: "1 minute", serializer, load });
  const store = new MemoryStore();
  return { cache: new Cache({ store }), store, visit, load };
}

test("values that JSON would change are returned unchanged, by every kind of read", async () => {
  const { cache, visit, load } = setup();
  for (const _ of ["miss", "hit"]) {
    expect(await cache.get(visit, 1)).toStrictEqual(VISIT);
    expect(await cache.getMany(visit, [1, 1])).toStrictEqual([VISIT, VISIT]);
    expect(await (await cache.getEntry(visit, 1)).value()).toStrictEqual(VISIT);
    expect(await cache.get(visit, -1)).toBeUndefined();
  }
  expect(load).toHaveBeenCalledTimes(2);
});

test("undefined properties are left to the serializer too", async () => {
  const { cache } = setup();
  const value = { a: undefined };
  const kept = defineResource({
    name: "kept",
    ttl: "1 minute",
    serializer: { stringify: () => "{a:undefined}", parse: () => value },
    load: async () => value,
  });
  for (const _ of ["miss", "hit"]) expect(await cache.get(kept)).toStrictEqual({ a: undefined });
});

test("long texts are compressed, and copies in the process are parsed for each read", async () => {
  const { cache } = setup();
  const long = { ...VISIT, text: "한".repeat(5_000) };
  const held = defineResource({
    name: "held",
    ttl: "1 minute",
    l1: { share: true },
    serializer,
    load: async () => long,
  });
  await cache.get(held);
  const [one, other] = [await cache.get(held), await cache.get(held)];
  expect(one).toStrictEqual(long);
  expect(one).not.toBe(other);
  expect((await cache.getEntry(held)).entry.header.coding).toBe("br");
});

test("a loader gets its previous value from the serializer too", async () => {
  const { cache } = setup();
  const seen: unknown[] = [];
  const kept = defineResource({
    name: "kept",
    ttl: "1 minute",
    serializer,
    load: async (_: void, _source, { previous }) => {
      seen.push(await previous?.value());
      return new Loaded(VISIT);
    },
  });
  await cache.get(kept);
  await cache.refresh(kept);
  expect(seen).toStrictEqual([undefined, VISIT]);
});

test("an entry stored without the serializer is a miss for a read with it, and the reverse", async () => {
  const { store } = setup();
  const load = vi.fn(async () => ({ a: 1 }));
  const common = { name: "row", ttl: "1 minute", load } as const;
  const asJson = defineResource(common);
  const asOwn = defineResource({
    ...common,
    serializer: { stringify: () => "own", parse: () => "parsed" },
  });
  const read = (resource: typeof asJson) => new Cache({ store }).get(resource);
  expect(await read(asJson)).toEqual({ a: 1 });
  await read(asOwn);
  expect(await read(asOwn)).toBe("parsed");
  expect(await read(asJson)).toEqual({ a: 1 });
  expect(load).toHaveBeenCalledTimes(3);
});

test("when the serializer throws, the reader gets the loaded value, and nothing is stored", async () => {
  const { cache } = setup();
  const broken = {
    stringify: () => {
      throw new Error("a cycle");
    },
    parse: (text: string): unknown => text,
  };
  const load = vi.fn(async () => VISIT);
  const row = defineResource({ name: "row", ttl: "1 minute", serializer: broken, load });
  for (const _ of [1, 2]) expect(await cache.get(row)).toBe(VISIT);
  expect(load).toHaveBeenCalledTimes(2);
});

test("entries of a serializer are not sent to HTTP clients, which could not read them", async () => {
  const { cache, visit } = setup();
  const request = new Request("http://localhost/");
  await expect(toResponse(request, await cache.getEntry(visit, 1))).rejects.toThrow(
    "value_unsupported: a serializer has written the entry",
  );
  expect((await toResponse(request, await cache.getEntry(visit, -1))).status).toBe(404);
});

test("a serializer without both of its functions is refused", () => {
  const half = { stringify: serializer.stringify } as typeof serializer;
  expect(() =>
    defineResource({ name: "row", ttl: "1 minute", serializer: half, load: () => 1 }),
  ).toThrow("serializer has parse, stringify");
});

test("a value that the serializer cannot write is loaded for each reader: none gets its JSON instead", async () => {
  const { cache } = setup();
  const load = vi.fn(async () => VISIT);
  const unwritable = defineResource({
    name: "unwritable",
    ttl: "1 minute",
    serializer: {
      ...serializer,
      stringify: () => {
        throw new Error("no words");
      },
    },
    load,
  });
  const values = await Promise.all([cache.get(unwritable), cache.get(unwritable)]);
  expect(values).toStrictEqual([VISIT, VISIT]);
  expect(load).toHaveBeenCalledTimes(2);
});

test("values of getOrSet and of cached functions are returned unchanged too", async () => {
  const { cache, load } = setup();
  const find = cacheQuery({ cache, name: "find", ttl: "1 minute", serializer }, (id: number) =>
    load(id),
  );
  for (const _ of ["miss", "hit"]) {
    const options = { ttl: "1 minute", serializer } as const;
    expect(await cache.getOrSet("visit", () => load(1), options)).toStrictEqual(VISIT);
    expect(await find(1)).toStrictEqual(VISIT);
  }
  expect(load).toHaveBeenCalledTimes(2);
});

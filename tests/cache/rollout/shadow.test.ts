import { expect, test, vi } from "vitest";
import {
  Cache,
  type CacheEvent,
  defineResource,
  defineTags,
  Loaded,
  MemoryStore,
  type Mode,
  type ResourceOptions,
  subscribe,
} from "@algoitny/cache";
import { VirtualClock } from "@algoitny/cache/testing";
import { holdNextLoad } from "../../support/held-loads.ts";

const tags = defineTags({ book: (id: number) => [id] });

type BookOptions = ResourceOptions<number, string | undefined, void> & { mode: () => Mode };

/** A cache in shadow mode over a map, and its commands. */
function setup({ mode = () => "shadow", ...options }: Partial<BookOptions> = {}) {
  const clock = new VirtualClock();
  const books = new Map([[1, "Emma"]]);
  const load = vi.fn(async (id: number) => books.get(id));
  const book = defineResource({
    name: "book",
    tags: (id) => [tags.book(id)],
    ttl: "1 minute",
    staleIfError: "1 hour",
    staleWhileRevalidate: "30 minutes",
    jitter: 0,
    mode,
    ...options,
    load,
    loadMany: async (ids) => Promise.all(ids.map(load)),
  });
  const memory = new MemoryStore({ now: clock.now });
  const sent: string[] = [];
  let isRefused = () => false;
  const store = new Proxy(memory, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== "function") return value;
      return (...args: unknown[]) => {
        sent.push(String(name));
        if (isRefused()) return Promise.reject(new Error("no store"));
        return Reflect.apply(value, target, args) as unknown;
      };
    },
  });
  const cache = new Cache({ store, clock, random: () => 0.5 });
  const other = new Cache({ store: memory, clock });
  const refuse = (is: typeof isRefused) => (isRefused = is);
  return { cache, other, book, books, load, clock, refuse, commands: () => sent.splice(0) };
}

async function eventsOf(work: () => Promise<unknown>): Promise<CacheEvent[]> {
  const events: CacheEvent[] = [];
  const end = subscribe((event) => events.push(event));
  await work().finally(end);
  return events;
}

function outcomes(events: readonly CacheEvent[]): string[] {
  return events.flatMap((event) => (event.type === "shadow" ? [event.outcome] : []));
}

test("no kind of read serves stored entries", async () => {
  const { cache, book, books } = setup();
  await cache.get(book, 1);
  books.set(1, "Persuasion");
  expect(await cache.get(book, 1)).toBe("Persuasion");
  expect(await (await cache.getEntry(book, 1)).value()).toBe("Persuasion");
  expect(await cache.getMany(book, [1, 2])).toEqual(["Persuasion", undefined]);
  expect(await cache.peek(book, 1)).toBeUndefined();
});

test("a read sends the same commands as without the shadow: three to fill, then one", async () => {
  const { cache, book, load, commands } = setup();
  await cache.get(book, 1);
  expect(commands()).toEqual(["mget", "lease", "commit"]);
  await cache.get(book, 1);
  expect(commands()).toEqual(["mget"]);
  expect(load).toHaveBeenCalledTimes(2);
});

test("the mode can change between two reads, and entries that the shadow filled are served then", async () => {
  let mode: Mode = "shadow";
  const { cache, book, load } = setup({ mode: () => mode });
  await cache.get(book, 1);
  mode = "on";
  expect((await cache.getEntry(book, 1)).status).toBe("hit");
  expect((await cache.peek(book, 1))?.status).toBe("hit");
  mode = "shadow";
  expect((await cache.getEntry(book, 1)).status).toBe("bypass");
  expect(load).toHaveBeenCalledTimes(2);
});

test("each comparison is reported: a loaded value that equals the stored one, and one that differs", async () => {
  const { cache, book, books } = setup();
  await cache.get(book, 1);
  const same = await eventsOf(() => cache.get(book, 1));
  expect(outcomes(same)).toEqual(["same"]);
  books.set(1, "changed without an invalidation");
  const different = await eventsOf(() => cache.get(book, 1));
  expect(outcomes(different)).toEqual(["different"]);
  await cache.invalidate(tags.book(1));
  expect(outcomes(await eventsOf(() => cache.get(book, 1)))).toEqual([]);
  expect(outcomes(await eventsOf(() => cache.get(book, 1)))).toEqual(["same"]);
});

test("values are compared by their JSON: neither the order of properties nor undefined ones make a difference", async () => {
  const values = [
    { a: 1, b: [{ c: 2 }], u: undefined },
    { b: [{ c: 2 }], a: 1 },
    { a: 1, b: [] },
  ];
  const list = defineResource({
    name: "list",
    ttl: "1 minute",
    mode: "shadow",
    load: () => values.shift() as object,
  });
  const cache = new Cache({ store: new MemoryStore() });
  await cache.get(list);
  expect(outcomes(await eventsOf(() => cache.get(list)))).toEqual(["same"]);
  expect(outcomes(await eventsOf(() => cache.get(list)))).toEqual(["different"]);
});

test("a value that is invalidated during the load is not reported as different", async () => {
  const { cache, book, books, load, commands } = setup();
  await cache.get(book, 1);
  load.mockImplementationOnce(async () => {
    books.set(1, "Persuasion");
    await cache.invalidate(tags.book(1));
    return books.get(1);
  });
  commands();
  const events = await eventsOf(() => cache.get(book, 1));
  expect(outcomes(events)).toEqual(["outdated"]);
  expect(commands()).toEqual(["mget", "delete", "mget"]);
});

test("an entry that is invalidated while a shadow fills it is not stored", async () => {
  let mode: Mode = "shadow";
  const { cache, book, books, load } = setup({ mode: () => mode });
  load.mockImplementationOnce(async () => {
    const old = books.get(1);
    books.set(1, "Persuasion");
    await cache.invalidate(tags.book(1));
    return old;
  });
  expect(await cache.get(book, 1)).toBe("Emma");
  mode = "on";
  expect(await cache.get(book, 1)).toBe("Persuasion");
});

test("a failed load rejects, although an old value could be served", async () => {
  const { cache, book, load, clock } = setup();
  await cache.get(book, 1);
  const down = new Error("database is down");
  load.mockRejectedValue(down);
  await expect(cache.get(book, 1)).rejects.toBe(down);
  clock.jump(10 * 60_000);
  await expect(cache.get(book, 1)).rejects.toBe(down);
  await expect(cache.get(book, 1)).rejects.toBe(down);
});

test("each read loads by itself, and none waits for another's load", async () => {
  const { cache, book, load } = setup();
  const { promise: held, resolve: free } = Promise.withResolvers<undefined>();
  load.mockReturnValue(held);
  const reads = Array.from({ length: 50 }, () => cache.get(book, 1));
  await vi.waitFor(() => expect(load).toHaveBeenCalledTimes(50));
  free(undefined);
  await Promise.all(reads);
});

test("a load whose value must not be stored removes the old entry", async () => {
  let mode: Mode = "shadow";
  const { cache, book, load, clock } = setup({ mode: () => mode });
  await cache.get(book, 1);
  clock.jump(10 * 60_000);
  load.mockResolvedValueOnce(new Loaded("secret", { store: false }) as never);
  expect(await cache.get(book, 1)).toBe("secret");
  mode = "on";
  load.mockRejectedValue(new Error("database is down"));
  await expect(cache.get(book, 1)).rejects.toThrow("database is down");
});

test("a read loads as usual when the store is down", async () => {
  const { book } = setup();
  const down = () => Promise.reject(new Error("store is down"));
  const store = new Proxy(new MemoryStore(), {
    get: (_target, name) => (name === "accepts" ? undefined : down),
  });
  expect(await new Cache({ store }).get(book, 1)).toBe("Emma");
});

test("refreshes and sets fill the cache in shadow mode too", async () => {
  let mode: Mode = "shadow";
  const { cache, book, books, load } = setup({ mode: () => mode });
  books.set(2, "Persuasion");
  expect(await cache.warm(book, [1])).toEqual(["refreshed"]);
  expect(await cache.refresh(book, 2)).toBe("refreshed");
  await cache.set(book, 3, () => "Sanditon");
  mode = "on";
  load.mockClear();
  expect(await cache.getMany(book, [1, 2, 3])).toEqual(["Emma", "Persuasion", "Sanditon"]);
  expect(load).not.toHaveBeenCalled();
});

test("a snapshot is refused with a hint, since loads from the origin are no snapshot", async () => {
  const { cache, book } = setup();
  await expect(cache.getMany(book, [1], { snapshot: true })).rejects.toThrow(
    "read without `snapshot`",
  );
});

test("a comparison asks the store whether an entry is valid, although this process trusts its copy", async () => {
  const { cache, book, books, load, other } = setup({ l1: { revalidateAfter: "1 minute" } });
  await cache.get(book, 1);
  load.mockImplementationOnce(async () => {
    books.set(1, "Persuasion");
    await other.invalidate(tags.book(1));
    return "Persuasion";
  });
  expect(outcomes(await eventsOf(() => cache.get(book, 1)))).toEqual(["outdated"]);
});

test("a read without an answer of the store is reported as a miss, as without the shadow", async () => {
  const { cache, book, refuse } = setup();
  refuse(() => true);
  const events = await eventsOf(() => cache.get(book, 1));
  expect(events.filter(({ type }) => type === "miss")).toMatchObject([{ reason: "store-failed" }]);
});

test("a store that goes down during a load causes neither a reported difference nor a failed read", async () => {
  const { cache, book, books, load, refuse } = setup();
  await cache.get(book, 1);
  load.mockImplementationOnce(async () => {
    refuse(() => true);
    return "Persuasion";
  });
  books.set(1, "Persuasion");
  const events = await eventsOf(() => expect(cache.get(book, 1)).resolves.toBe("Persuasion"));
  expect(outcomes(events)).toEqual(["outdated"]);
});

test("a read in shadow mode does not join a load that began before the switch", async () => {
  let mode: Mode = "on";
  const { cache, book, books, load } = setup({ mode: () => mode });
  const held = holdNextLoad(load);
  const first = cache.get(book, 1);
  await vi.waitFor(() => expect(load).toHaveBeenCalledTimes(1));
  mode = "shadow";
  books.set(1, "Persuasion");
  const second = cache.get(book, 1);
  await vi.waitFor(() => expect(load).toHaveBeenCalledTimes(2));
  held.release();
  expect([await first, await second]).toEqual(["Emma", "Persuasion"]);
});

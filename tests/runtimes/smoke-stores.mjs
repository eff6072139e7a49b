import { Cache, defineResource, defineTags, MemoryStore } from "@algoitny/cache";
import { createRedisStore } from "@algoitny/cache/redis";
import { createUpstashStore } from "@algoitny/cache/upstash";

/** The guarantees over every store, in every runtime, also in one without Node's modules. */

const tags = defineTags({ book: (id) => [id], shelf: (name) => [name] });
export const ROWS = Array.from({ length: 200 }, (_, id) => ({ id, title: `제목 ${id}` }));

export function same(actual, expected) {
  const [left, right] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (left !== right) throw new Error(`${left} instead of ${right}`);
}

/** A resource that counts its loads, in a cache over a store. */
export function shelf(store, options = {}) {
  let loads = 0;
  const book = defineResource({
    name: "book",
    key: ({ id }) => ({ id }),
    tags: ({ id }) => [tags.book(id), tags.shelf("a")],
    ttl: "1 minute",
    load: async ({ id }) => ({ id, load: ++loads, rows: ROWS }),
    ...options,
  });
  const prefix = `smoke:${Math.floor(Math.random() * 1e9)}`;
  const open = () => new Cache({ store, prefix, resources: [book], storeTimeout: "5 seconds" });
  return { book, cache: open(), other: open(), prefix };
}

/** Walks over the keys, step by step. */
async function allKeys(cache, pattern) {
  const found = [];
  for (let cursor = "0"; ;) {
    const step = await cache.keys(pattern, { cursor });
    found.push(...step.keys);
    cursor = step.cursor;
    if (cursor === "0") return found;
  }
}

/** Cases that every store has to pass. */
const storeCases = (name, createStore) => ({
  [`${name}: a hit, an invalidation by another instance, and a miss`]: async (env) => {
    const { book, cache, other } = shelf(createStore(env));
    same((await cache.get(book, { id: 7 })).load, 1);
    same((await other.get(book, { id: 7 })).load, 1);
    await other.invalidate(tags.book(7));
    same((await cache.get(book, { id: 7 })).load, 2);
    same((await cache.get(book, { id: 7 })).rows[3].title, "제목 3");
  },
  [`${name}: many at once, an Error in the place of a failed one`]: async (env) => {
    const { book, cache } = shelf(createStore(env), {
      load: ({ id }) => (id === 2 ? Promise.reject(new Error("two")) : { id }),
    });
    const values = await cache.getMany(book, [{ id: 1 }, { id: 2 }, { id: 3 }]);
    same(
      values.map((value) => (value instanceof Error ? value.message : value.id)),
      [1, "two", 3],
    );
  },
  [`${name}: one load for readers at once, and a snapshot`]: async (env) => {
    const { book, cache, other } = shelf(createStore(env));
    const values = await Promise.all(
      Array.from({ length: 20 }, (_, reader) => (reader % 2 ? cache : other).get(book, { id: 1 })),
    );
    same([...new Set(values.map(({ load }) => load))], [1]);
    await cache.get(book, { id: 2 });
    same((await cache.getMany(book, [{ id: 1 }, { id: 2 }], { snapshot: true })).length, 2);
  },
  [`${name}: set, change, refresh, expire, delete, clear, keys and patterns`]: async (env) => {
    const { book, cache } = shelf(createStore(env), { staleWhileRevalidate: "1 minute" });
    same(await cache.set(book, { id: 7 }, () => ({ id: 7, set: true })), { id: 7, set: true });
    same(await cache.get(book, { id: 7 }), { id: 7, set: true });
    same(await cache.change(tags.book(7), () => "changed"), "changed");
    same((await cache.get(book, { id: 7 })).load, 1);
    same(await cache.refresh(book, { id: 7 }), "refreshed");
    await cache.expire(tags.shelf("a"));
    await cache.get(book, { id: 7 });
    same(await allKeys(cache, "book:*"), ["book:id:7"]);
    await cache.invalidatePattern("book:*");
    same(await cache.peek(book, { id: 7 }), undefined);
    same(await cache.getOrSet("own", () => 1, "1 minute"), 1);
    await cache.delete("own");
    same(await cache.getOrSet("own", () => 2, "1 minute"), 2);
    await cache.clear();
    same(await cache.getOrSet("own", () => 3, "1 minute"), 3);
  },
  [`${name}: check finds the store sound`]: async (env) => {
    same(typeof (await shelf(createStore(env)).cache.check()).roundTripMs, "number");
  },
});

/** A client of the endpoint with the interface of Redis clients. */
const senderOf = ({ url, token }) => ({
  send: async (command) => {
    const response = await fetch(url, {
      method: "POST",
      headers: { authorization: `Bearer ${token}` },
      body: JSON.stringify(command),
    });
    const { result, error } = await response.json();
    if (error) throw new Error(error);
    return result;
  },
});

/** The cases of each store. */
export const STORE_CASES = {
  ...storeCases("memory", () => new MemoryStore()),
  ...storeCases("Upstash", ({ upstash }) =>
    createUpstashStore({ ...upstash, timeout: "5 seconds" }),
  ),
  ...storeCases("a Redis client", ({ upstash }) => createRedisStore(senderOf(upstash))),
};

/** Runs all cases; returns the failures by title. */
export async function runCases(cases, env) {
  const failures = [];
  for (const [title, run] of Object.entries(cases)) {
    try {
      await run(env);
    } catch (error) {
      failures.push(
        `${title}: ${String(error?.stack ?? error)
          .split("\n")
          .slice(0, 3)
          .join(" ")}`,
      );
    }
  }
  return { cases: Object.keys(cases).length, failures };
}

import { build } from "esbuild";
import { expect, test, vi } from "vitest";
import {
  Cache,
  cacheMethod,
  cacheQuery,
  defineTags,
  type KeyValue,
  MemoryStore,
} from "@algoitny/cache";
import { fleet } from "../../support/test-cache.ts";

const tags = defineTags({ user: (id: number) => [id] });

function setup() {
  return new Cache({ store: new MemoryStore() });
}

test("a wrapped function is called once for equal arguments, whatever the order of their properties", async () => {
  const query = vi.fn(async (filter: { a: number; b: string }, page: number) => [filter.b, page]);
  const key = (filter: { a: number; b: string }, page: number): KeyValue => [{ ...filter }, page];
  const cached = cacheQuery({ cache: setup(), name: "search", ttl: "1 minute", key }, query);
  expect(await cached({ a: 1, b: "x" }, 2)).toEqual(["x", 2]);
  expect(await cached({ b: "x", a: 1 }, 2)).toEqual(["x", 2]);
  expect(await cached({ a: 1, b: "x" }, 3)).toEqual(["x", 3]);
  expect(query).toHaveBeenCalledTimes(2);
});

test("a wrapped function's `key` gets the arguments as the caller passed them", async () => {
  const key = vi.fn((id: number, options: { locale: string }): KeyValue => [id, { ...options }]);
  const query = async (id: number, { locale }: { locale: string }) => `${id} ${locale}`;
  const title = cacheQuery({ cache: setup(), name: "title", ttl: "1 minute", key }, query);
  await title(7, { locale: "en" });
  expect(key).toHaveBeenCalledWith(7, { locale: "en" });
});

test("two wrapped functions with equal arguments do not share an entry", async () => {
  const cache = setup();
  const one = cacheQuery({ cache, name: "one", ttl: "1 minute" }, (id: number) => `one ${id}`);
  const two = cacheQuery({ cache, name: "two", ttl: "1 minute" }, (id: number) => `two ${id}`);
  expect([await one(1), await two(1), await one(1)]).toEqual(["one 1", "two 1", "one 1"]);
});

test("a wrapped function's tags invalidate its results", async () => {
  const cache = setup();
  const query = vi.fn((id: number) => ({ id }));
  const user = cacheQuery(
    { cache, name: "user", ttl: "1 minute", tags: (id) => [tags.user(id)] },
    query,
  );
  await user(1);
  await cache.invalidate([tags.user(1)]);
  await user(1);
  expect(query).toHaveBeenCalledTimes(2);
});

test("a wrapped function takes the options of a resource, and its results are invalidated for some arguments or all", async () => {
  const { cache, clock } = fleet();
  let version = 0;
  const query = vi.fn(async (id: number, locale?: string) => {
    if (version > 10) throw new Error("database down");
    return `${id} ${locale} ${++version}`;
  });
  const title = cacheQuery(
    { cache, name: "title", ttl: "1 minute", staleIfError: "1 hour", negativeTtl: false },
    query,
  );
  expect([await title(1), await title(1, undefined), await title(1, "en")]).toEqual([
    "1 undefined 1",
    "1 undefined 1",
    "1 en 2",
  ]);
  await title.invalidate(1);
  expect([await title(1), await title(1, "en")]).toEqual(["1 undefined 3", "1 en 2"]);
  await cache.invalidate(title.resource);
  expect([await title(1), await title(1, "en")]).toEqual(["1 undefined 4", "1 en 5"]);
  version = 11;
  clock.jump(120_000);
  expect(await title(1)).toBe("1 undefined 4");
});

test("arguments without a distinguishing key are refused", async () => {
  const options = { cache: setup(), name: "bag", ttl: "1 minute" } as never;
  const cached = cacheQuery(options, (bag: unknown) => String(bag));
  await expect(cached(new Map([[1, 2]]))).rejects.toThrow(
    'resource "bag": its parameters are an object: say what identifies an entry',
  );
});

test("a decorated method caches by its arguments and keeps its instance", async () => {
  const find = vi.fn(async function (this: { table: string }, id: number) {
    return `${this.table} ${id}`;
  });
  const decorate = cacheMethod<[number]>({ cache: setup(), name: "users.find", ttl: "1 minute" });
  const decorated = decorate(
    find,
    {} as ClassMethodDecoratorContext<{ table: string }, typeof find>,
  );
  expect(await decorated.call({ table: "users" }, 1)).toBe("users 1");
  expect(await decorated.call({ table: "users" }, 1)).toBe("users 1");
  expect(find).toHaveBeenCalledTimes(1);
});

test("the decorator works with the standard syntax, as compilers lower it", async () => {
  const source = `
    import { Cache, cacheMethod, MemoryStore } from "@algoitny/cache";
    const cache = new Cache({ store: new MemoryStore() });
    export let calls = 0;
    export class Users {
      @cacheMethod({ cache, name: "users.find", ttl: "1 minute" })
      async find(id) { calls += 1; return { id }; }
    }`;
  const built = await build({
    stdin: { contents: source, resolveDir: import.meta.dirname, loader: "ts" },
    bundle: true,
    write: false,
    format: "esm",
    platform: "node",
    target: "es2022",
  });
  const code = built.outputFiles[0]?.text ?? "";
  const module = (await import(`data:text/javascript,${encodeURIComponent(code)}`)) as {
    calls: number;
    Users: new () => { find(id: number): Promise<unknown> };
  };
  const users = new module.Users();
  expect(await users.find(7)).toEqual({ id: 7 });
  expect(await users.find(7)).toEqual({ id: 7 });
  expect(module.calls).toBe(1);
});

import {
  type BoundCache,
  type Cache,
  cacheMethod,
  cacheQuery,
  defineResource,
  defineTags,
  Loaded,
  optionalKey,
  type Resource,
  throttled,
} from "@algoitny/cache";
import { z } from "zod";

/** Types inferred from definitions and calls; compiled by a test, and never run. */
// oxlint-disable typescript/no-unnecessary-type-parameters -- two functions are equal when each could stand for the other
type Equal<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const is = <T extends true>(given?: T): T | undefined => given;

interface Book {
  id: number;
  title: string;
  subtitle?: string | undefined;
}
interface Database {
  findBook(id: number): Promise<Book | undefined>;
  findNull(id: number): Promise<Book | null>;
  count(): Promise<number>;
  books(ids: readonly number[]): Promise<Book[]>;
}
declare const database: Database;
declare const cache: Cache;
const tags = defineTags({
  book: (id: number) => [id],
  shelf: (name: string) => [name],
  feed: () => [],
});

const book = defineResource({
  name: "book",
  key: ({ id }: { id: number; locale?: string }) => ({ id }),
  tags: ({ id }) => [tags.book(id), throttled(tags.feed(), "10 seconds")],
  ttl: "10 minutes",
  staleWhileRevalidate: "1 hour",
  staleIfError: "1 day",
  negativeTtl: "30 seconds",
  load: ({ id }, db: Database) => db.findBook(id),
  loadMany: (all, db) => db.books(all.map(({ id }) => id)),
});
is<Equal<typeof book, Resource<{ id: number; locale?: string }, Book | undefined, Database>>>();

interface Params {
  id: number;
  locale?: string;
}
const byInterface = defineResource({
  name: "by_interface",
  key: ({ id }: Params) => ["id", id],
  ttl: "1 minute",
  load: async ({ id }) => ({ id, seen: undefined as string | undefined }),
});
is<Equal<typeof byInterface, Resource<Params, { id: number; seen: string | undefined }, void>>>();

const byKeyAfterLoad = defineResource({
  name: "by_key_after_load",
  ttl: "1 minute",
  load: async ({ id }: Params, _: void, { signal }) => [id, signal.aborted],
  key: ({ id }) => ({ id }),
});
is<Equal<typeof byKeyAfterLoad, Resource<Params, (number | boolean)[], void>>>();

const byPair = defineResource({
  name: "by_pair",
  ttl: "1 minute",
  load: async ([id, locale]: [number, string], _: void, { signal }) => [id, locale, signal.aborted],
});
is<Equal<typeof byPair, Resource<[number, string], (number | string | boolean)[], void>>>();

const byId = defineResource({
  name: "by_id",
  ttl: "1 minute",
  load: (id: number, db: Database) => db.findNull(id),
});
is<Equal<typeof byId, Resource<number, Book | null, Database>>>();

const answer = defineResource({ name: "answer", ttl: "1 minute", load: async () => 42 });
is<Equal<typeof answer, Resource<void, number, void>>>();

const total = defineResource({
  name: "total",
  ttl: "1 minute",
  load: (_: void, db: Database) => db.count(),
});
is<Equal<typeof total, Resource<void, number, Database>>>();

const token = defineResource({
  name: "token",
  ttl: "1 minute",
  load: async (id: string) => (id === "" ? undefined : new Loaded({ id }, { store: false })),
});
is<Equal<typeof token, Resource<string, { id: string } | undefined, void>>>();

const list = defineResource({
  name: "list",
  ttl: "1 minute",
  key: ({ platform }: { platform?: string }) => ({ platform: optionalKey(platform, "all") }),
  load: async () => [1, 2],
});
is<Equal<typeof list, Resource<{ platform?: string }, number[], void>>>();

// The input is stored, the output is returned, and the type of "not found" is kept.
const at = defineResource({
  name: "at",
  ttl: "1 minute",
  schema: z.object({ at: z.iso.datetime().transform((text) => new Date(text)) }),
  load: async (id: number) => (id > 0 ? { at: new Date(id).toISOString() } : null),
});
is<Equal<typeof at, Resource<number, { at: Date } | null, void>>>();

// Recursive, branded, unknown, bytes, unions and readonly lists are allowed values.
interface Tree {
  name: string;
  children: Tree[];
}
type UserId = string & { readonly __brand: "id" };
type Shape = { kind: "a"; a: number } | { kind: "b"; b: readonly string[] };
const common = { ttl: "1 minute" } as const;
defineResource({ ...common, name: "a", load: async (): Promise<Tree | null> => null });
defineResource({ ...common, name: "b", load: async () => ({ id: "x" as UserId }) });
defineResource({ ...common, name: "c", load: async (): Promise<unknown> => 1 });
defineResource({ ...common, name: "d", load: async () => new Uint8Array() });
defineResource({ ...common, name: "e", load: async (): Promise<Shape> => ({ kind: "a", a: 1 }) });

class Query {
  readonly text: string;
  readonly at: Date;

  constructor(text: string, date: Date) {
    this.text = text;
    this.at = date;
  }
}
const search = defineResource({
  name: "search",
  ttl: "1 minute",
  key: (query: Query) => query.text,
  load: async (query) => query.text.length,
});
is<Equal<typeof search, Resource<Query, number, void>>>();

export async function read(): Promise<void> {
  const a = await cache.get(book, { id: 7 }, { source: database });
  is<Equal<typeof a, Book | undefined>>();
  const b = await cache.get(byId, 7, { source: database });
  is<Equal<typeof b, Book | null>>();
  const c = await cache.get(answer);
  is<Equal<typeof c, number>>();
  const d = await cache.get(total, undefined, { source: database });
  is<Equal<typeof d, number>>();

  const bound = cache.with({ source: database, remainingMs: () => 5 });
  is<Equal<typeof bound, BoundCache<Database>>>();
  const e = await bound.get(book, { id: 7 });
  is<Equal<typeof e, Book | undefined>>();
  const f = [await bound.get(answer), await bound.get(total)];
  is<Equal<typeof f, number[]>>();
  const g = await bound.getMany(book, [{ id: 1 }]);
  is<Equal<typeof g, (Book | undefined | Error)[]>>();

  const h = await (await cache.getEntry(book, { id: 7 }, { source: database })).value();
  is<Equal<typeof h, Book | undefined>>();
  const i = await (await cache.peek(book, { id: 7 }))?.value();
  is<Equal<typeof i, Book | undefined>>();
}

export async function invalidate(): Promise<void> {
  await cache.invalidate(tags.book(7));
  await cache.invalidate(tags.book(7), tags.shelf("a"));
  await cache.invalidate([tags.book(7)]);
  await cache.invalidate([book, tags.shelf("a")]);
  await cache.invalidate(book);
  await cache.invalidate(book, { id: 7 });
  await cache.invalidate(byId, 7);
  await cache.invalidate(answer);
  await cache.expire(book);
  await cache.expire(tags.book(7));
}

/** Options of a resource in the other kinds of definitions. */
export async function withOptions(): Promise<void> {
  const schema = z.object({ at: z.iso.datetime().transform((text) => new Date(text)) });
  const load = async (): Promise<{ at: string } | null> => ({ at: "2026-11-29T00:00:00Z" });
  const a = await cache.getOrSet("at", load, { ttl: "5 minutes", schema, tags: ["reads"] });
  is<Equal<typeof a, { at: Date } | null>>();
  const options = { cache, name: "at", ttl: "5 minutes" } as const;
  const atOf = cacheQuery(
    {
      ...options,
      schema,
      verify: false,
      enqueueRefresh: true,
      tags: [tags.feed()],
      loadMany: (calls) => calls.map(([id]) => ({ at: String(id) })),
    },
    (_id: number) => load(),
  );
  const b = await atOf(7);
  is<Equal<typeof b, { at: Date } | null>>();
  const c = await cache.getMany(atOf.resource, [[7]]);
  is<Equal<typeof c, ({ at: Date } | null | Error)[]>>();
  const serializer = { stringify: String, parse: (text: string): unknown => new Date(text) };
  const seen = cacheQuery({ ...options, serializer }, () => new Date());
  const d = await seen();
  is<Equal<typeof d, Date>>();
}

class Users {
  readonly #database = database;

  @cacheMethod({ cache, name: "users.find", ttl: "5 minutes", l1: true })
  async find(id: number): Promise<Book | undefined> {
    return this.#database.findBook(id);
  }

  @cacheMethod({ cache, name: "users.named", ttl: "5 minutes", schema: z.string() })
  async named(id: number): Promise<string> {
    return String(id);
  }
}
is<Equal<Awaited<ReturnType<Users["find"]>>, Book | undefined>>();

export async function wrapped(): Promise<void> {
  const a = await cache.getOrSet("user:7", async () => ({ a: 1 }), "5 minutes");
  is<Equal<typeof a, { a: number }>>();
  const b = await cache.getOrSet("user:7", async () => ({ a: 1 }), {
    ttl: "5 minutes",
    staleWhileRevalidate: "1 hour",
    tags: [tags.book(7)],
  });
  is<Equal<typeof b, { a: number }>>();
  const serializer = { stringify: String, parse: (text: string): unknown => new Date(text) };
  const seen = await cache.getOrSet("at", () => new Date(), { ttl: "5 minutes", serializer });
  is<Equal<typeof seen, Date>>();
  const options = { cache, name: "user", ttl: "5 minutes" } as const;
  const userById = cacheQuery({ ...options, tags: (id) => [tags.book(id)] }, (id: number) =>
    database.findBook(id),
  );
  const c = await userById(7);
  is<Equal<typeof c, Book | undefined>>();
  await userById.invalidate(7);
  const searched = cacheQuery(
    { ...options, key: (query: Query) => query.text },
    (query: Query) => query.text.length,
  );
  const d = await searched(new Query("x", new Date()));
  is<Equal<typeof d, number>>();
}

const seenAt = defineResource({
  name: "seen_at",
  ttl: "1 minute",
  serializer: { stringify: String, parse: (text: string): unknown => new Date(text) },
  load: async (_id: number) => new Date(),
});
is<Equal<typeof seenAt, Resource<number, Date, void>>>();

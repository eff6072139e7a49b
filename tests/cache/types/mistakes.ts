import { type Cache, cacheMethod, cacheQuery, defineResource, defineTags } from "@algoitny/cache";
import { z } from "zod";

/** Mistakes that must not compile; a test compiles this file, which is never run. */
declare const cache: Cache;
interface Database {
  count(): number;
}
class Query {
  readonly text: string = "";
  readonly at: Date = new Date();
}
class Decimal {
  toJSON(): string {
    return "1";
  }
}
interface Deep {
  b?: { c: ({ d: Date | null } | { e: string })[] };
  n: bigint;
}
declare function loadDeep(id: number): Promise<Deep | null>;
const tags = defineTags({ book: (id: number) => [id] });
const common = { name: "u", ttl: "1 minute" } as const;
const byId = defineResource({ ...common, load: async (id: number) => ({ id }) });
const byKey = defineResource({
  ...common,
  key: ({ id }: { id: number }) => ({ id }),
  load: async ({ id }) => ({ id }),
});
const counted = defineResource({
  ...common,
  load: async (id: number, { db }: { db: Database }) => db.count() + id,
});

defineResource({
  ...common,
  // @ts-expect-error -- before a load that leaves out the type of its context, a key must have one
  key: ({ id }) => ({ id }),
  // @ts-expect-error -- without that type, the load has no parameters
  load: async ({ id }: { id: number }, _: void, { signal }) => [id, signal.aborted],
});
// @ts-expect-error -- parameters that are an object have no key of their own
defineResource({ ...common, load: async ({ id }: { id: number }) => ({ id }) });
// @ts-expect-error -- an instance of a class has no key of its own either
defineResource({ ...common, load: async (query: Query) => query.text.length });
// @ts-expect-error -- a function's arguments have no key of their own when one is an object
cacheQuery({ ...common, cache }, (query: { text: string }) => query.text.length);

// @ts-expect-error -- a Date would come back as a text
defineResource({ ...common, load: async (id: number) => ({ id, author: { born: new Date() } }) });
// @ts-expect-error -- an object with toJSON() would come back as a text too
defineResource({ ...common, load: async (id: number) => [{ id, price: new Decimal() }] });
// @ts-expect-error -- a Date deep inside a value or in a union would too, and a bigint cannot be stored
defineResource({ ...common, load: loadDeep });
// @ts-expect-error -- a Date from getOrSet would come back as a text
void cache.getOrSet("user:7", async () => ({ at: new Date() }), "5 minutes");
// @ts-expect-error -- it would with an object of options too
void cache.getOrSet("user:7", async () => ({ at: new Date() }), { ttl: "5 minutes" });
const schema = z.object({ a: z.string() });
// @ts-expect-error -- the schema refuses what is loaded
defineResource({ ...common, schema, load: async (id: number) => ({ a: id }) });

// @ts-expect-error -- the schema refuses what is loaded for getOrSet
void cache.getOrSet("a", async () => ({ a: 1 }), { ttl: "1 minute", schema });
// @ts-expect-error -- the schema refuses what the function returns
cacheQuery({ ...common, cache, schema }, (id: number) => ({ a: id }));
// @ts-expect-error -- a function's Date would come back as a text
cacheQuery({ ...common, cache }, (id: number) => ({ id, at: new Date() }));
// @ts-expect-error -- a method's Date would come back as a text
cacheMethod({ ...common, cache })(async () => new Date(), {} as never);
const counts = z.object({ a: z.string().transform((text) => text.length) });
export class Wrong {
  // @ts-expect-error -- what the schema makes is not what the method promises
  @cacheMethod({ ...common, cache, schema: counts })
  async find(_id: number): Promise<{ a: string }> {
    return { a: "" };
  }
}

const load = async () => 1;
// @ts-expect-error -- getOrSet loads one key, so it has no bulk load
void cache.getOrSet("a", load, { ttl: "1 minute", loadMany: async () => [1] });
// @ts-expect-error -- the key of getOrSet is its first argument
void cache.getOrSet("a", load, { ttl: "1 minute", key: () => "b" });
// @ts-expect-error -- getOrSet has a key instead of a name
void cache.getOrSet("a", load, { ttl: "1 minute", name: "b" });
// @ts-expect-error -- no other process has the loader of getOrSet, to refresh the value
void cache.getOrSet("a", load, { ttl: "1 minute", enqueueRefresh: true });
// @ts-expect-error -- no other process can check a value of getOrSet
void cache.getOrSet("a", load, { ttl: "1 minute", verify: false });
// @ts-expect-error -- calls of many instances have no bulk load
cacheMethod({ ...common, cache, loadMany: async () => [1] });
// @ts-expect-error -- no other process has the instance
cacheMethod({ ...common, cache, enqueueRefresh: true });
// @ts-expect-error -- a function gets no recording client
cacheQuery({ ...common, cache, tags: ["reads"] }, load);
// @ts-expect-error -- the values of the bulk load have another type
cacheQuery({ ...common, cache, loadMany: () => ["a"] }, (_id: number) => load());
// @ts-expect-error -- not a duration
cacheQuery({ ...common, ttl: "5 minuts", cache }, load);

// @ts-expect-error -- any text is not a tag
void cache.invalidate("book:7");
// @ts-expect-error -- a tag has to be called
void cache.invalidate(tags.book);
// @ts-expect-error -- a tag in a list has to be called too
void cache.invalidate([tags.book]);
// @ts-expect-error -- parameters of another name
void cache.invalidate(byKey, { idd: 7 });
defineResource({
  ...common,
  key: ({ id }: { id: string }) => ({ id }),
  // @ts-expect-error -- a part of another type
  tags: ({ id }) => [tags.book(id)],
  load: async ({ id }) => ({ id }),
});

// @ts-expect-error -- parameters of another type
void cache.get(byKey, 7);
// @ts-expect-error -- the source is missing
void cache.get(counted, 1);
// @ts-expect-error -- the bound source is another one
void cache.with({ source: { http: 1 } }).get(counted, 1);
// @ts-expect-error -- not a duration
defineResource({ ...common, ttl: "5 minuts", load: byId.load });
// @ts-expect-error -- no option of this name
defineResource({ name: "u", fresh: "1 minute", load: async (id: number) => ({ id }) });

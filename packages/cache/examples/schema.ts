// Values that a schema validates and revives: types that JSON lacks are made from those that it has.
import { Cache, type CacheError, defineResource, MemoryStore, subscribe } from "@algoitny/cache";
import { z } from "zod";

const Event = z.object({ title: z.string(), at: z.iso.datetime().transform((at) => new Date(at)) });
const event = defineResource({
  name: "event",
  ttl: "1 hour",
  version: 2, // raise it when the shape changes: old entries are then misses
  schema: Event, // zod, valibot, arktype: a stored value that does not fit is a miss
  compression: false, // "br" by default, from 1 KiB
  isNotFound: (value) => value === undefined, // null then counts as a value
  enqueueRefresh: false, // its readers refresh it themselves
  load: async (id: number) => ({ title: `event ${id}`, at: "2026-11-29T00:00:00Z" }),
});
const broken = defineResource({
  name: "broken",
  ttl: "1 hour",
  schema: Event,
  load: async () => ({ title: 7 as unknown as string, at: "yesterday" }),
});
const visits = defineResource({
  name: "visits",
  ttl: "1 hour",
  // devalue and superjson are serializers; this one keeps Sets
  serializer: {
    stringify: (value: unknown) => JSON.stringify([...(value as Set<string>)]),
    parse: (text: string) => new Set(JSON.parse(text) as string[]),
  },
  load: async () => new Set(["/", "/books"]),
});
const cache = new Cache({ store: new MemoryStore({ maxBytes: 1024 * 1024 }) });

const { at } = await cache.get(event, 7);
console.log(at.getUTCFullYear()); // → 2026
const stop = subscribe(({ type }) => console.log(type));
await cache.get(event, 7); // → hit
stop();
console.log(await cache.get(visits)); // → Set(2) { '/', '/books' }
await cache.get(broken).catch((error: CacheError) => console.log(error.code)); // → value_invalid

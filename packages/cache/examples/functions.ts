// Functions and keys instead of resources, with the same lifetimes and tags.
import { Cache, cacheQuery, defineTags, keyOf, MemoryStore, optionalKey } from "@algoitny/cache";

const cache = new Cache({ store: new MemoryStore() });
const tags = defineTags({ prices: () => [] });
let price = 10;

const priceOf = cacheQuery(
  {
    cache,
    name: "price",
    ttl: "1 hour",
    // Arguments that are objects need a key; a missing part gets a word that stands for it.
    key: ({ sku, country }: { sku: string; country?: string }) => [
      sku,
      optionalKey(country, "any"),
    ],
    tags: () => [tags.prices()],
  },
  async ({ sku }) => `${sku}: ${price}`,
);
console.log(await priceOf({ sku: "A" })); // → A: 10
price = 12;
console.log(await priceOf({ sku: "A" })); // → A: 10
await cache.invalidate(tags.prices());
console.log(await priceOf({ sku: "A" })); // → A: 12
await priceOf.refresh({ sku: "A" }); // now, whatever is stored
await priceOf.invalidate({ sku: "A" });

const key = keyOf({ report: "sales", month: "2026-11" }); // any text will do
const options = { ttl: "1 day", tags: [tags.prices()] } as const;
console.log(await cache.getOrSet(key, async () => `sales at ${price}`, options)); // → sales at 12
await cache.delete(key);
console.log(await cache.getOrSet(key, async () => "anew", "1 day")); // → anew

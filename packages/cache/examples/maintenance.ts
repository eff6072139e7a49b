// For operators: check the store, list its entries, invalidate some of them, and limit the staleness of all.
import { Cache, defineResource, defineTags, MemoryStore, parseTag } from "@algoitny/cache";

const tags = defineTags({ shop: (name: string) => [name] });
const offer = defineResource({
  name: "offer",
  tags: (shop: string) => [tags.shop(shop)],
  ttl: "1 hour",
  staleWhileRevalidate: "1 hour",
  load: async (shop) => `offers of ${shop}`,
});
const purged: string[] = [];
const cache = new Cache({
  store: new MemoryStore(),
  resources: [offer],
  maxStaleness: "150 seconds", // even if change streams stop, replicas lag or the store is rolled back
  onInvalidate: ({ tags: named, keys, soft }) => {
    if (!soft) purged.push(...named, ...keys); // a CDN's purge; awaited
  },
});

await cache.check(); // rejects with what is wrong: token, rights, version, memory
let expected: string | null = null; // kept outside of the store
const beat = await cache.beat({ closedMs: Date.now(), expected }); // each minute, by one caller; the first clears all
expected = beat.value;

await cache.getMany(offer, ["a", "b", "c"]);
console.log((await cache.keys("offer:*", { count: 100 })).keys.length); // → 3
await cache.expire(tags.shop("a")); // refreshed at its next read, and served meanwhile
await cache.invalidate(parseTag("shop:b")); // a tag's text, from a command line
await cache.invalidate(offer, "c"); // one entry
console.log(purged); // → [ '@all', 'shop:b', 'offer:c' ]
const would = await cache.invalidatePattern("offer:*", { dryRun: true });
console.log(would.resources); // → [ 'offer' ]
await cache.invalidate(offer); // all entries of a resource
await cache.clear(); // everything
console.log(purged.slice(3)); // → [ '@resource:offer', '@all' ]

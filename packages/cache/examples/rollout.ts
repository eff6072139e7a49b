// Adopting the cache step by step: first in shadow mode, then for a share of the keys, switched by feature flags at run time.
import {
  Cache,
  defineResource,
  defineTags,
  MemoryStore,
  type Mode,
  subscribe,
} from "@algoitny/cache";

const flags = { mode: "shadow" as Mode, ramp: 100 }; // in production read from your feature flags
const titles = new Map([[7, "Emma"]]);
const tags = defineTags({ book: (id: number) => [id] });
const book = defineResource({
  name: "book",
  tags: (id: number) => [tags.book(id)],
  ttl: "1 hour",
  mode: () => flags.mode,
  ramp: () => flags.ramp,
  load: async (id) => titles.get(id),
});
const cache = new Cache({ store: new MemoryStore() });
subscribe((event) => event.type === "shadow" && console.log(event.outcome));

console.log(await cache.get(book, 7)); // → Emma
await cache.get(book, 7); // → same
titles.set(7, "Persuasion"); // a write that forgets its invalidation
console.log(await cache.get(book, 7)); // → different
// → Persuasion
await cache.invalidate(tags.book(7)); // the forgotten one

flags.mode = "on";
flags.ramp = 0; // then 10, 50, 100: the percentage of the keys, chosen by their hash
console.log((await cache.getEntry(book, 7)).detail); // → ramp
flags.ramp = 100;
await cache.get(book, 7);
console.log((await cache.getEntry(book, 7)).status); // → hit

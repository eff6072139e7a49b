// Invalidating an entry also invalidates the entries that were made from it.
import {
  Cache,
  defineResource,
  defineTags,
  Loaded,
  MemoryStore,
  withOwnStamp,
} from "@algoitny/cache";

const titles = new Map([
  [1, "Emma"],
  [2, "Persuasion"],
]);
const tags = defineTags({ book: (id: number) => [id] });
const cache = new Cache({ store: new MemoryStore() });
const book = withOwnStamp(
  defineResource({
    name: "book",
    tags: (id: number) => [tags.book(id)],
    ttl: "1 hour",
    load: async (id) => titles.get(id) ?? "?",
  }),
);
const shelf = defineResource({
  name: "shelf",
  ttl: "1 hour",
  load: async (ids: readonly number[]) => {
    const read = await cache.getMany(book, ids, { entries: true });
    const from = read.map((each) => {
      if (each instanceof Error) throw each;
      return each;
    });
    const values = await Promise.all(from.map((each) => each.value()));
    return new Loaded(values.join(" | "), { from });
  },
});

console.log((await cache.getEntry(shelf, [1, 2])).stored); // → true
console.log((await cache.getEntry(shelf, [1, 2])).status); // → hit
titles.set(2, "Sanditon");
await cache.invalidate(tags.book(2));
console.log(await cache.get(shelf, [1, 2])); // → Emma | Sanditon
titles.set(1, "Evelina");
await cache.invalidate(book, 1); // one entry alone
console.log(await cache.get(shelf, [1, 2])); // → Evelina | Sanditon

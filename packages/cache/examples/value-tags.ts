// Tags that are known only from the value: the parameters have a book's slug, but its tag needs the id.
import { Cache, defineResource, defineTags, Loaded, MemoryStore } from "@algoitny/cache";

const books = new Map([["emma", { id: 7, title: "Emma" }]]);
const tags = defineTags({ book: (id: number) => [id], slugs: () => [] });
const bySlug = defineResource({
  name: "book_by_slug",
  tags: () => [tags.slugs()], // invalidated when a book gets another slug
  ttl: "1 hour",
  load: async (slug: string) => {
    const book = books.get(slug);
    return book && new Loaded(book, { tags: [tags.book(book.id)] });
  },
});
const cache = new Cache({ store: new MemoryStore() });

// The first load under a tag without a stamp creates the stamp, and is not stored.
console.log((await cache.getEntry(bySlug, "emma")).detail); // → unfenced
console.log((await cache.getEntry(bySlug, "emma")).stored); // → true
console.log((await cache.getEntry(bySlug, "emma")).status); // → hit
books.set("emma", { id: 7, title: "Emma, revised" });
await cache.invalidate(tags.book(7)); // by its id, whatever its slug
console.log(await cache.get(bySlug, "emma")); // → { id: 7, title: 'Emma, revised' }

import { Cache, defineResource, defineTags, MemoryStore } from "@algoitny/cache";
const database = new Map([[7, { id: 7, title: "Emma" }]]); // your database: Postgres, DynamoDB, an API …
const tags = defineTags({ book: (id: number) => [id] });
const book = defineResource({
  name: "book",
  tags: (id: number) => [tags.book(id)],
  ttl: "10 minutes",
  load: async (id) => database.get(id),
});
const cache = new Cache({ store: new MemoryStore() });
console.log(await cache.get(book, 7)); // → { id: 7, title: 'Emma' }
database.set(7, { id: 7, title: "Persuasion" });
await cache.invalidate(tags.book(7)); // from here on no process reads "Emma"
console.log(await cache.get(book, 7)); // → { id: 7, title: 'Persuasion' }

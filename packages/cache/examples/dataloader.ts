// With a DataLoader, as in GraphQL servers: the reads of one tick share one read of the store and one query.
import { Cache, defineResource, defineTags, MemoryStore } from "@algoitny/cache";
import DataLoader from "dataloader";

const tags = defineTags({ author: (id: number) => [id] });
const author = defineResource({
  name: "author",
  tags: (id: number) => [tags.author(id)],
  ttl: "10 minutes",
  load: async (id) => `author ${id}`,
  loadMany: async (ids) => {
    console.log("query", ids);
    return ids.map((id) => `author ${id}`);
  },
});
const cache = new Cache({ store: new MemoryStore() });

/** One for each request; errors stay in their places. */
const authors = new DataLoader((ids: readonly number[]) => cache.getMany(author, ids));
const names = await Promise.all([1, 2, 1].map((id) => authors.load(id))); // → query [ 1, 2 ]
console.log(names); // → [ 'author 1', 'author 2', 'author 1' ]

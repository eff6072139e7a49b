// Many values with one read of the store, and one query for those that are missing.
import { Cache, defineResource, defineTags, MemoryStore } from "@algoitny/cache";

const tags = defineTags({ user: (id: number) => [id] });
const user = defineResource({
  name: "user",
  tags: (id: number) => [tags.user(id)],
  ttl: "5 minutes",
  load: async (id) => ({ id, name: `user ${id}` }),
  loadMany: async (ids) => {
    console.log("query", ids);
    return ids.map((id) => (id > 0 ? { id, name: `user ${id}` } : new Error("no such id")));
  },
});
const cache = new Cache({ store: new MemoryStore() });

await cache.getMany(user, [1, 2]); // → query [ 1, 2 ]
const users = await cache.getMany(user, [1, 2, 3, -1]); // → query [ 3, -1 ]
console.log(users.map((each) => (each instanceof Error ? each.message : each.name)));
// → [ 'user 1', 'user 2', 'user 3', 'no such id' ]

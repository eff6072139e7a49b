// Plain JavaScript: a function whose results are cached.
import { Cache, cacheQuery, MemoryStore } from "@algoitny/cache";

const users = new Map([[7, "Ada"]]);
const cache = new Cache({ store: new MemoryStore() });
const userById = cacheQuery({ cache, name: "user", ttl: "5 minutes" }, async (id) => users.get(id));

console.log(await userById(7)); // → Ada
users.set(7, "Grace");
console.log(await userById(7)); // → Ada
await userById.invalidate(7);
console.log(await userById(7)); // → Grace

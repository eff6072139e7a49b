// A write that hides something: its invalidation is announced before it, so that the hidden value is not served even if
// the process dies after the write.
import { Cache, defineResource, defineTags, MemoryStore } from "@algoitny/cache";

const posts = new Map([[1, { text: "hello", isPublic: true }]]);
const tags = defineTags({ post: (id: number) => [id] });
const post = defineResource({
  name: "post",
  tags: (id: number) => [tags.post(id)],
  ttl: "1 hour",
  load: async (id) => (posts.get(id)?.isPublic ? posts.get(id) : undefined),
});
const cache = new Cache({ store: new MemoryStore() });
console.log((await cache.get(post, 1))?.text); // → hello

try {
  await cache.change(tags.post(1), async (signal) => {
    signal.throwIfAborted(); // a write that takes over 10 seconds should end
    posts.set(1, { text: "hello", isPublic: false });
    throw new Error("the process dies here");
  });
} catch (error) {
  console.log(String(error)); // → Error: the process dies here
}
console.log(await cache.get(post, 1)); // → undefined

// Stores the written value at once: the next read is a hit.
const write = () => ({ text: "hello again", isPublic: true });
await cache.set(post, 1, write, { invalidate: [tags.post(1)] });
console.log((await cache.getEntry(post, 1)).status); // → hit

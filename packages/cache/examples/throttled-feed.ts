// A feed that changes constantly is loaded at most once in ten seconds, however often it is invalidated.
import { Cache, defineResource, defineTags, MemoryStore, throttled } from "@algoitny/cache";
import { VirtualClock } from "@algoitny/cache/testing";

const clock = new VirtualClock();
const tags = defineTags({ feed: () => [] });
let loads = 0;
const feed = defineResource({
  name: "feed",
  tags: () => [throttled(tags.feed(), "10 seconds")],
  ttl: "1 hour",
  load: async () => `load ${(loads += 1)}`,
});
const cache = new Cache({ store: new MemoryStore({ now: clock.now }), clock });

for (let second = 0; second < 30; second += 1) {
  await cache.get(feed);
  await cache.invalidate(tags.feed()); // a write each second
  clock.jump(1_000);
}
console.log(loads); // → 3

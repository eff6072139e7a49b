// Finds forgotten invalidations: a queue's consumer checks a share of the hits against the origin.
import { Cache, defineResource, MemoryStore, type VerifyTask } from "@algoitny/cache";
import { VirtualClock } from "@algoitny/cache/testing";

const clock = new VirtualClock();
const queue: { task: VerifyTask; delayMs: number }[] = []; // in production SQS, which takes a delay
const titles = new Map([[7, "Emma"]]);
const book = defineResource({ name: "book", ttl: "1 hour", load: (id: number) => titles.get(id) });
const now = defineResource({
  name: "now",
  ttl: "1 hour",
  verify: false, // its values always differ
  load: () => clock.now(),
});
const cache = new Cache({
  store: new MemoryStore({ now: clock.now }),
  clock,
  resources: [book, now],
  verify: { rate: 1, enqueue: (task, delayMs) => void queue.push({ task, delayMs }) }, // for instance 0.001 in production
});

await cache.get(book, 7);
await cache.get(now);
titles.set(7, "Persuasion"); // without an invalidation
await cache.get(book, 7); // a hit, which will be checked
await cache.get(now);

for (let next = queue.shift(); next; next = queue.shift()) {
  clock.jump(next.delayMs);
  const { verdict, windowMs } = await cache.runVerifyTask(next.task);
  console.log(verdict, windowMs); // → suspect 0
}
// → stale 10000
// → stale 60000
// → stale 300000

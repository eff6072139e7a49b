// Stale while revalidate by a queue: no reader waits for a refresh, and no refresh is left running when a function is frozen.
import { Cache, defineResource, MemoryStore, type RefreshTask } from "@algoitny/cache";
import { VirtualClock } from "@algoitny/cache/testing";

const clock = new VirtualClock(); // omitted in production, like the store's `now`
const queue: string[] = []; // in production SQS, with one message per task
let version = 1;
const report = defineResource({
  name: "report",
  ttl: "1 minute",
  jitter: 0,
  staleWhileRevalidate: "1 hour",
  load: async (day: string) => `${day}, version ${version}`,
});
const cache = new Cache({
  store: new MemoryStore({ now: clock.now }),
  clock,
  resources: [report],
  enqueueRefresh: (task) => void queue.push(JSON.stringify(task)),
});

console.log(await cache.get(report, "monday")); // → monday, version 1
version = 2;
clock.jump(2 * 60_000);
console.log(await cache.get(report, "monday")); // → monday, version 1
// The queue's consumer, with `resources` too:
for (const message of queue) {
  console.log(await cache.runRefreshTask(JSON.parse(message) as RefreshTask)); // → refreshed
}
console.log(await cache.get(report, "monday")); // → monday, version 2

// Lifetimes of values, their stale fallbacks, and time limits of loads.
import { Cache, defineResource, Loaded, MemoryStore } from "@algoitny/cache";
import { VirtualClock } from "@algoitny/cache/testing";

const clock = new VirtualClock();
let isDown = false;
const rate = defineResource({
  name: "rate",
  ttl: "1 minute", // served without revalidation
  jitter: 0, // 0.1 by default, so that entries made together do not expire together
  staleWhileRevalidate: "5 minutes", // served while one instance refreshes it
  staleIfError: "1 day", // served when a load fails
  negativeTtl: "10 seconds", // for "not found"
  softTimeout: "2 seconds", // after this time of a load the stale value, if there is one, is served
  hardTimeout: "5 seconds", // after this time the load is aborted
  load: async (currency: string, _source: void, { signal, previous }) => {
    if (isDown) throw new Error("no rates today");
    signal.throwIfAborted(); // pass it to `fetch` or the database's client
    if (currency === "XXX") return undefined; // not found
    const validator = "edition 1"; // for a conditional request to the origin: an ETag, a row's version
    if (previous?.validator === validator) return previous.notModified();
    // A budget limits values of which clients can request any number: beyond it, they live 10 s at most.
    const budget = { name: "rates", bytesPerMinute: 1_000_000 };
    return new Loaded(1.25, { validator, ttl: "30 seconds", staleIfError: "1 hour", budget });
  },
});
const cache = new Cache({ store: new MemoryStore({ now: clock.now }), clock });

console.log(await cache.get(rate, "XXX")); // → undefined
console.log(await cache.get(rate, "EUR")); // → 1.25
clock.jump(31_000); // the value has set a shorter lifetime
console.log((await cache.getEntry(rate, "EUR")).status); // → miss
isDown = true;
clock.jump(30 * 60_000);
const { status, detail } = await cache.getEntry(rate, "EUR");
console.log(status, detail); // → stale load-failed

import { type CacheEvent, subscribe } from "@algoitny/cache";
import { note } from "./scope.ts";

type Notes = { [Type in CacheEvent["type"]]?: (event: CacheEvent & { type: Type }) => void };

/** Metrics of the cache's events; other code publishes or logs the events that are missing here. */
const notes: Notes = {
  hit({ storeMs, bytes }) {
    note("Hits", 1);
    note("CacheMs", storeMs);
    note("BytesServed", bytes);
  },
  stale: () => note("StaleHits", 1),
  miss({ reason }) {
    note("Misses", 1);
    if (reason === "unconfirmed") note("Unconfirmed", 1);
  },
  "lease-denied": () => note("LeasesDenied", 1),
  load({ loadMs, outcome }) {
    note("Loads", 1);
    note("LoadMs", loadMs);
    if (outcome === "failed") note("LoadsFailed", 1);
  },
  "fill-refused": () => note("FillsRefused", 1),
  "fill-failed": () => note("StoreFailures", 1),
  "store-failed": () => note("StoreFailures", 1),
  breaker({ state }) {
    if (state === "open") note("BreakerOpenings", 1);
  },
  invalidated: ({ tags }) => note("TagsInvalidated", tags.length),
};

/** Notes the events of every cache of this process from now on, each for the invocation in which it happens. */
export function noteCacheEvents(): void {
  subscribe((event) => {
    const noteEvent = notes[event.type] as ((event: CacheEvent) => void) | undefined;
    noteEvent?.(event);
  });
}

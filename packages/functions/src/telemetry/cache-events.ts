import { type CacheEvent, subscribe } from "@algoitny/cache";
import { addMetric } from "./scope.ts";

type Notes = { [Type in CacheEvent["type"]]?: (event: CacheEvent & { type: Type }) => void };

/** Metrics of the cache's events; other code publishes or logs the events that are missing here. */
const notes: Notes = {
  hit({ storeMs, bytes }) {
    addMetric("Hits", 1);
    addMetric("CacheMs", storeMs);
    addMetric("BytesServed", bytes);
  },
  stale: () => addMetric("StaleHits", 1),
  miss({ reason }) {
    addMetric("Misses", 1);
    if (reason === "unconfirmed") addMetric("Unconfirmed", 1);
  },
  "lease-denied": () => addMetric("LeasesDenied", 1),
  load({ loadMs, outcome }) {
    addMetric("Loads", 1);
    addMetric("LoadMs", loadMs);
    if (outcome === "failed") addMetric("LoadsFailed", 1);
  },
  "fill-refused": () => addMetric("FillsRefused", 1),
  "fill-failed": () => addMetric("StoreFailures", 1),
  "store-failed": () => addMetric("StoreFailures", 1),
  breaker({ state }) {
    if (state === "open") addMetric("BreakerOpenings", 1);
  },
  invalidated: ({ tags }) => addMetric("TagsInvalidated", tags.length),
};

/** Notes the events of every cache of this process from now on, each for the invocation in which it happens. */
export function noteCacheEvents(): void {
  subscribe((event) => {
    const noteEvent = notes[event.type] as ((event: CacheEvent) => void) | undefined;
    noteEvent?.(event);
  });
}

import { type CacheEvent, subscribe } from "@algoitny/cache";
import { knownExperiments } from "@algoitny/core/experiment/running-experiments";
import { isRefusal } from "./redis-refusal.ts";
import { addArmMetric, addMetric, noteMiss } from "./scope.ts";

type Notes = { [Type in CacheEvent["type"]]?: (event: CacheEvent & { type: Type }) => void };

/** Metrics of the cache's events; telemetry/outcome.ts counts the outcomes of requests. */
const notes: Notes = {
  miss: ({ reason }) => noteMiss(reason),
  load({ resource, key, loadMs, outcome }) {
    addMetric("Loads", 1);
    addArmMetric(
      knownExperiments.armOf(resource, () => key),
      "Loads",
      1,
    );
    addMetric("LoadMs", loadMs);
    if (outcome === "failed") addMetric("LoadsFailed", 1);
  },
  "fill-refused": () => addMetric("FillsRefused", 1),
  "fill-failed": ({ error }) => noteFailure(error),
  "store-failed": ({ error }) => noteFailure(error),
  breaker({ state }) {
    if (state === "open") addMetric("BreakerOpenings", 1);
  },
  invalidated: ({ tags }) => addMetric("TagsInvalidated", tags.filter(isOfRule).length),
};

function noteFailure(error: Error): void {
  addMetric("StoreFailures", 1);
  if (isRefusal(error)) addMetric("StoreRefusals", 1);
}

/**
 * False for a tag of a recorded read. A write invalidates several of these for each item. They are not counted, so that
 * the findings' limits on the number of tags are right whether views are recorded or have rules.
 */
function isOfRule(tag: string): boolean {
  return !tag.startsWith("d:");
}

/**
 * Records the events of every cache of this process, each for the invocation in which it happens. The returned function
 * stops that.
 */
export function noteCacheEvents(): () => void {
  return subscribe((event) => {
    const noteEvent = notes[event.type] as ((event: CacheEvent) => void) | undefined;
    noteEvent?.(event);
  });
}

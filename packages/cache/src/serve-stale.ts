import type { Engine } from "./engine.ts";
import type { Entry } from "./entry.ts";
import { emit } from "./events.ts";
import type { AnyAsk } from "./lookup.ts";
import type { Served } from "./served.ts";

/** Serves an old value at once; somebody refreshes it. */
export function servedStale(engine: Engine, ask: AnyAsk, entry: Entry): Served {
  return serve(engine, ask, entry, "refreshing");
}

/** Serves an old value in place of one that could not be loaded. */
export function servedFallback(engine: Engine, ask: AnyAsk, entry: Entry): Served {
  return serve(engine, ask, entry, "load-failed");
}

function serve(
  { clock }: Engine,
  { resource, place }: AnyAsk,
  entry: Entry,
  why: "refreshing" | "load-failed",
): Served {
  const ageMs = clock.now() - entry.header.createdMs;
  emit(() => ({ type: "stale", resource: resource.name, key: place.key, why, ageMs }));
  return { status: "stale", detail: why, stored: false, collapsed: false, entry, asOf: 0 };
}

import type { Engine } from "./engine.ts";
import type { Entry } from "./entry.ts";
import { emit } from "./events.ts";
import type { AnyAsk, Look } from "./lookup.ts";
import type { Served } from "./served.ts";

/** A look that found something to serve. */
export type FoundLook = Extract<Look, { entry: Entry }>;

/** Serves an entry as it is. */
export function hit(
  engine: Engine,
  { resource, place }: AnyAsk,
  look: FoundLook,
  storeMs: number,
): Served {
  const { entry, l1 } = look;
  const ageMs = engine.clock.now() - entry.header.createdMs;
  const bytes = entry.body.length;
  emit(() => ({ type: "hit", resource: resource.name, key: place.key, l1, ageMs, bytes, storeMs }));
  return { status: "hit", stored: false, collapsed: false, entry, asOf: 0 };
}

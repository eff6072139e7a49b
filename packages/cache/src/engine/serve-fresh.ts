import { emit } from "../events.ts";
import type { Entry } from "../protocol/entry.ts";
import type { Engine } from "./context.ts";
import type { Found, LookupResult } from "./lookup.ts";
import type { AnyRead } from "./read-context.ts";
import type { Served } from "./served.ts";

/** A look that found an entry to serve. */
export type EntryLook = Extract<LookupResult, { entry: Entry }>;

/** Serves a fresh entry; not one that is so near its end that this read refreshes it early. */
export function serveFresh(engine: Engine, { read, look, sent }: Found): Served | undefined {
  if (look.state !== "fresh") return undefined;
  const nowMs = engine.clock.now();
  if (engine.policy.refreshesEarly(look.entry, nowMs, engine.random())) return undefined;
  const served = serveHit(engine, read, look, Math.max(0, nowMs - sent.atMs));
  return { ...served, lookedAt: sent.tick };
}

/** Serves an entry as it is. */
export function serveHit(
  { clock }: Engine,
  { resource, keys }: AnyRead,
  { entry, l1 }: EntryLook,
  storeMs: number,
): Served {
  const ageMs = clock.now() - entry.header.createdMs;
  const bytes = entry.body.length;
  emit(() => ({ type: "hit", resource: resource.name, key: keys.key, l1, ageMs, bytes, storeMs }));
  return { status: "hit", stored: false, collapsed: false, entry, asOf: 0 };
}

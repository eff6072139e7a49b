import { emit } from "../events.ts";
import type { Entry } from "../protocol/entry.ts";
import type { Engine } from "./context.ts";
import { type Found, lookUp, type LookupResult } from "./lookup.ts";
import type { AnyRead } from "./read-context.ts";
import type { Served } from "./served.ts";

/**
 * The read path: looks at the store for all reads together, and loads only for reads that found nothing to serve. `get`
 * is a batch of one. Each result is a separate promise. Code that a hit does not need is imported on use, so that
 * functions start faster.
 */
export function fetchAll(engine: Engine, reads: readonly AnyRead[]): Promise<Promise<Served>[]> {
  return reads[0]?.resource.rollout
    ? import("./rollout.ts").then(({ fetchInRollout }) => fetchInRollout(engine, reads))
    : fetchStored(engine, reads);
}

/**
 * Serves reads from the cache, regardless of the rollout of their resource. `round` counts the loads that a read has
 * joined.
 */
export function fetchStored(
  engine: Engine,
  reads: readonly AnyRead[],
  round = 0,
): Promise<Promise<Served>[]> {
  return lookUp(engine, reads).then((found) => serveFound(engine, found, round));
}

/** Serves what the looks have found, and obtains the rest. */
export async function serveFound(
  engine: Engine,
  found: readonly Found[],
  round = 0,
): Promise<Promise<Served>[]> {
  const { verify, random } = engine;
  const served = found.map((each) => serveFresh(engine, each));
  const sampled = found.filter((_, index) => verify && served[index] && random() < verify.rate);
  const checks =
    sampled[0] && import("./verify.ts").then(({ enqueueChecks }) => enqueueChecks(engine, sampled));
  const open = found.filter((_, index) => !served[index]);
  const obtained = open[0] ? await (await import("./obtain.ts")).obtain(engine, open, round) : [];
  return served.map(async (each) => {
    if (!each) return obtained.shift() as Promise<Served>;
    // A function may be frozen once it has answered, and its request to the queue with it.
    await checks;
    return each;
  });
}

export async function fetch(engine: Engine, read: AnyRead): Promise<Served> {
  return (await fetchAll(engine, [read]))[0] as Promise<Served>;
}

/** A look that found an entry to serve. */
export type EntryLook = Extract<LookupResult, { entry: Entry }>;

/** Serves a fresh entry, unless it is so near its end that this read refreshes it early. */
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
  emit(() => ({
    type: "hit",
    resource: resource.name,
    key: keys.key,
    l1,
    ageMs: clock.now() - entry.header.createdMs,
    bytes: entry.body.length,
    storeMs,
  }));
  return { status: "hit", stored: false, collapsed: false, entry, asOf: 0 };
}

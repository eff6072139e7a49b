import { budgetOf } from "./budget.ts";
import type { Engine } from "./engine.ts";
import { emit } from "./events.ts";
import { hit } from "./hit.ts";
import { placeOf } from "./keyspace.ts";
import { type AnyAsk, type Ask, type Look, lookUp } from "./lookup.ts";
import type { Resource } from "./resource.ts";
import type { Served } from "./served.ts";

/** What a read needs beside its parameters. */
export interface ReadRequest<Source> {
  /** Handed to the loader. */
  source: Source;
  /** What is left of the whole request, in ms: `() => context.getRemainingTimeInMillis()`. Default: no limit. */
  remainingMs?: () => number;
}

/** Starts a read: everything that happens from here on is later than it. */
export function begin<Params, Value, Source>(
  engine: Engine,
  resource: Resource<Params, Value, Source>,
  params: Params,
  request: ReadRequest<Source>,
): Ask<Params, Value, Source> {
  const place = placeOf(engine.space, resource, params);
  return {
    resource,
    params,
    source: request.source,
    place,
    budget: budgetOf(request.remainingMs),
    tick: engine.tick(),
  };
}

/**
 * The read path: one look at the store, and more only when that does not give something to serve. What a hit does not
 * need is imported when it is needed, so that functions start faster.
 */
export async function read(engine: Engine, ask: AnyAsk): Promise<Served> {
  for (let round = 0; ; round += 1) {
    const startMs = engine.clock.now();
    const look = await lookUp(engine, ask);
    const now = serveNow(engine, ask, look, startMs);
    if (now) return now;
    if (look.state === "fresh" || look.state === "stale") {
      const { refresh } = await import("./stale.ts");
      return refresh(engine, ask, look);
    }
    if (round === 0) reportMiss(ask, look);
    const { fill } = await import("./fill.ts");
    const served = await fill(engine, ask, look, round);
    if (served) return served;
  }
}

/** A fresh entry is served; unless it is so near its end that this read refreshes it early. */
export function serveNow(
  engine: Engine,
  ask: AnyAsk,
  look: Look,
  startMs: number,
): Served | undefined {
  if (look.state !== "fresh") return undefined;
  const nowMs = engine.clock.now();
  if (engine.policy.refreshesEarly(look.entry, nowMs, engine.random())) return undefined;
  return hit(engine, ask, look, nowMs - startMs);
}

export function reportMiss({ resource, place }: AnyAsk, look: Look): void {
  const reason =
    look.state === "miss" ? look.reason : look.state === "down" ? "store-failed" : "expired";
  emit(() => ({ type: "miss", resource: resource.name, key: place.key, reason }));
}

import type { Engine } from "./engine.ts";
import { type Entry, storedId } from "./entry.ts";
import { CacheError } from "./errors.ts";
import { fill, fly } from "./fill.ts";
import { lead } from "./lead.ts";
import { type AnyAsk, type Look, lookUp } from "./lookup.ts";
import { reportMiss } from "./read.ts";
import type { Served } from "./served.ts";

/** What a refresh did: nothing was due, a value was loaded and stored, somebody else is at it, or it could not be stored. */
export type RefreshResult = "skipped" | "refreshed" | "busy" | "not-stored";

/** Refreshes an entry unless it is fresh and not near its end. Rejects as the loader does. */
export async function refreshNow(engine: Engine, ask: AnyAsk): Promise<RefreshResult> {
  const look = await lookUp(engine, ask);
  if (!isDue(engine, look)) return "skipped";
  if (engine.flights.has(ask.place.key)) return "busy";
  return resultOf(ask, await fly(engine, ask.place.key, lead(engine, ask, look)));
}

/** Whether a look asks for a refresh: nothing good was there, or it has less than `aheadMs` left. */
export function isDue(engine: Engine, look: Look, aheadMs = 0): boolean {
  if (look.state !== "fresh") return true;
  const nowMs = engine.clock.now();
  const { entry } = look;
  return (
    entry.header.freshUntilMs - nowMs < aheadMs ||
    engine.policy.refreshesEarly(entry, nowMs, engine.random())
  );
}

/** What a load for a refresh came to; throws when it failed, whether or not an old value is still being served. */
export function resultOf({ place }: AnyAsk, served: Served): RefreshResult {
  if (served.stored) return "refreshed";
  if (served.detail === "load-failed" || served.detail === "soft-timeout")
    throw new CacheError("load_failed", `${place.key}: the old value is served for now`);
  return served.status === "hit" || served.status === "stale" ? "busy" : "not-stored";
}

/** Loads again in place of an entry that turned out to be unusable. */
export async function refill(engine: Engine, ask: AnyAsk, unusable: Entry): Promise<Served> {
  const look = { state: "miss", reason: "corrupt", seenId: storedId(unusable.id) } as const;
  reportMiss(ask, look);
  engine.l1.drop(ask.place.key);
  for (let round = 0; ; round += 1) {
    const served = await fill(engine, ask, look, round);
    if (served) return served;
  }
}

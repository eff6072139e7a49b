import type { Engine } from "./engine.ts";
import { type Entry, storedId } from "./entry.ts";
import { fill, fly } from "./fill.ts";
import { lead } from "./lead.ts";
import { type AnyAsk, lookUp } from "./lookup.ts";
import { reportMiss, serveNow } from "./read.ts";
import type { Served } from "./served.ts";

/** What a refresh did: nothing was due, a value was loaded and stored, somebody else is at it, or it could not be stored. */
export type RefreshResult = "skipped" | "refreshed" | "busy" | "not-stored";

/** Refreshes an entry unless it is fresh and not near its end. Rejects as the loader does. */
export async function refreshNow(engine: Engine, ask: AnyAsk): Promise<RefreshResult> {
  const look = await lookUp(engine, ask);
  if (serveNow(engine, ask, look, engine.clock.now())) return "skipped";
  if (engine.flights.has(ask.place.key)) return "busy";
  const served = await fly(engine, ask.place.key, lead(engine, ask, look));
  if (served.stored) return "refreshed";
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

import { decodeServed } from "./decode.ts";
import type { Engine } from "./engine.ts";
import { storedId } from "./entry.ts";
import { CacheError } from "./errors.ts";
import { fill, fly } from "./fill.ts";
import { lead } from "./lead.ts";
import { type AnyAsk, type Ask, type Look, lookUp } from "./lookup.ts";
import { reportMiss } from "./read.ts";
import type { ReadDetail, Served } from "./served.ts";

/**
 * What a refresh did: nothing was due; a value was loaded and stored; somebody else is at it; the value was `refused`,
 * since something was invalidated meanwhile; or its loader said that it is not to be stored.
 */
export type RefreshResult = "skipped" | "refreshed" | "busy" | "refused" | "not-stored";

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

/** What is served for now when the load of a refresh failed, by what it is good for. */
const FAILURES = new Set<ReadDetail | undefined>(["load-failed", "soft-timeout", "early-refresh"]);

/** What a load for a refresh came to; throws when it failed, even where an old value is served, or could not be kept. */
export function resultOf({ place }: AnyAsk, served: Served): RefreshResult {
  if (served.stored) return "refreshed";
  if (FAILURES.has(served.detail))
    throw new CacheError("load_failed", `${place.key}: the old value is served for now`);
  if (served.detail === "store-unreachable")
    throw new CacheError("store_failed", `${place.key}: the store did not keep the value`);
  if (served.detail === "fill-refused") return "refused";
  return served.detail === "not-stored" ? "not-stored" : "busy";
}

/** Gets a value in place of an entry that is of no use, until there is one that is: at the latest one of its own. */
export async function refill<P, V, S>(
  engine: Engine,
  ask: Ask<P, V, S> & { readonly unusable: string },
): Promise<V | undefined> {
  const look = { state: "miss", reason: "corrupt", seenId: storedId(ask.unusable) } as const;
  reportMiss(ask, look);
  engine.l1.drop(ask.place.key);
  for (let round = 0; ; round += 1) {
    const served = await fill(engine, ask, look, round);
    const decoded = served && (await decodeServed(ask.resource, served));
    if (decoded?.fits) return decoded.value;
  }
}

import { withDeadline } from "./clock.ts";
import type { Engine } from "./engine.ts";
import type { Entry } from "./entry.ts";
import { CacheError } from "./errors.ts";
import { emit } from "./events.ts";
import { fly } from "./fill.ts";
import { type FoundLook, hit } from "./hit.ts";
import { lead } from "./lead.ts";
import type { AnyAsk } from "./lookup.ts";
import { servedStale } from "./serve-stale.ts";
import type { Served } from "./served.ts";

/** Longest time a read waits for its refresh to be taken over: 1 s, and half of what its request has left. */
const DEFER_LIMIT_MS = 1_000;

/**
 * Serves an entry that wants a refresh. The refresh is handed to `defer` if there is one; else the read that gets the
 * lease does it before it answers, since work left behind would freeze with the function. All others answer at once.
 */
export async function refresh(engine: Engine, ask: AnyAsk, look: FoundLook): Promise<Served> {
  const { place } = ask;
  const early = look.state === "fresh";
  const { entry } = look;
  if (engine.flights.has(place.key) || (await deferred(engine, ask, entry))) {
    return early ? hit(engine, ask, look, 0) : servedStale(engine, ask, entry);
  }
  const flight = fly(engine, place.key, lead(engine, ask, look));
  if (!early) return flight;
  // It was fresh when this read looked: it may be served, whatever becomes of its refresh.
  const served = await flight.catch(() => null);
  return served === null || served.status === "stale"
    ? { ...hit(engine, ask, look, 0), detail: "early-refresh" }
    : served;
}

/** Whether somebody else has taken the refresh over; a queue that fails or hangs leaves it to the reader. */
async function deferred(
  { defer, clock }: Engine,
  { resource, place, params, budget }: AnyAsk,
  entry: Entry,
): Promise<boolean> {
  if (defer === undefined || !resource.deferrable) return false;
  const about = { resource: resource.name, key: place.key };
  try {
    const limitMs = Math.min(DEFER_LIMIT_MS, budget.leftMs() / 2);
    const task = { ...about, params, entryId: entry.id };
    await withDeadline(
      clock,
      limitMs,
      Promise.resolve(defer(task)),
      () => new CacheError("store_failed", `defer: not taken over within ${limitMs} ms`),
    );
    emit(() => ({ type: "deferred", ...about }));
    return true;
  } catch (error) {
    emit(() => ({
      type: "deferred",
      ...about,
      error: error instanceof Error ? error : new Error(String(error)),
    }));
    return false;
  }
}

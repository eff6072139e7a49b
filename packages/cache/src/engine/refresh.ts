import { CacheError } from "../errors.ts";
import type { Engine } from "./context.ts";
import { createEffort, type Effort } from "./effort.ts";
import { asError } from "./as-error.ts";
import { singleFlight } from "./flights.ts";
import { requestLeases } from "./lease.ts";
import { loadAndCommit } from "./load-and-commit.ts";
import { type Found, lookUp, type LookupResult } from "./lookup.ts";
import type { AnyRead } from "./read-context.ts";
import type { ReadDetail } from "./served.ts";

/**
 * Result of a refresh. `skipped`: nothing was due. `refreshed`: a value was loaded and stored. `busy`: another load is
 * in progress, has just failed, or has just stored an entry. `refused`: the store did not take the value, for instance
 * after an invalidation during the load, or because a value tag had no stamp yet. `not-stored`: the loader or the
 * resource excluded the value, or it cannot be stored.
 */
export type RefreshResult = "skipped" | "refreshed" | "busy" | "refused" | "not-stored";

/**
 * Refreshes an entry unless it is fresh, not near its end and not the one with the id `entryId`. Rejects with the
 * loader's error, with `load_failed` if an old value is served instead, or with `store_failed`.
 */
export async function refreshNow(
  engine: Engine,
  read: AnyRead,
  entryId?: string,
): Promise<RefreshResult> {
  const [found] = (await lookUp(engine, [read])) as [Found];
  const isMeant = found.look.state === "fresh" && found.look.entry.id === entryId;
  if (!isMeant && !isDue(engine, found.look)) return "skipped";
  const [result] = (await refreshAll(engine, [found])) as [RefreshResult | Error];
  if (result instanceof Error) throw result;
  return result;
}

/** Loads an entry now, whatever is stored and even if another load is in progress: that load's value is refused. */
export async function forceRefresh(engine: Engine, read: AnyRead): Promise<RefreshResult> {
  const found = await lookUp(engine, [read]);
  const [result] = await refreshAll(engine, found, { force: true });
  if (result instanceof Error) throw result;
  return result as RefreshResult;
}

/** Loads those entries of a group whose leases this process gets; all leases are granted before the load begins. */
export async function refreshAll(
  engine: Engine,
  found: readonly Found[],
  { force = false } = {},
): Promise<(RefreshResult | Error)[]> {
  const efforts = found.map(createEffort);
  const free = efforts.filter(({ read }) => force || !engine.flights.has(read.keys.key));
  const { granted, unknown } = await requestLeases(engine, free, { force });
  for (const { read, served } of granted) singleFlight(engine.flights, read.keys.key, served);
  void loadAndCommit(engine, granted);
  const isGranted = new Set(granted.map(({ served }) => served));
  const isUnknown = new Set(unknown);
  return Promise.all(
    efforts.map(async (effort): Promise<RefreshResult | Error> => {
      if (isUnknown.has(effort)) return storeDown();
      return isGranted.has(effort.served) ? resultOf(effort) : "busy";
    }),
  );
}

export function storeDown(): Error {
  return new CacheError("store_failed", "the store does not answer: nothing was stored");
}

/** True if a look found no fresh entry, or one with less than `aheadMs` left or due for its early refresh. */
export function isDue(engine: Engine, look: LookupResult, aheadMs = 0): boolean {
  if (look.state !== "fresh") return true;
  const nowMs = engine.clock.now();
  const { entry } = look;
  return (
    entry.header.freshUntilMs - nowMs < aheadMs ||
    engine.policy.refreshesEarly(entry, nowMs, engine.random())
  );
}

/** Reasons for serving a refresh's reader an old value after a failed load. */
const FAILURES = new Set<ReadDetail | undefined>(["load-failed", "soft-timeout", "early-refresh"]);

/** Result of a load for a refresh; an Error if it failed, even if an old value is served, or if it could not be stored. */
async function resultOf({ read, served }: Effort): Promise<RefreshResult | Error> {
  const { key } = read.keys;
  try {
    const { stored, detail } = await served;
    if (stored) return "refreshed";
    if (FAILURES.has(detail))
      return new CacheError("load_failed", `${key}: the old value is served for now`);
    if (detail === "store-unreachable")
      return new CacheError("store_failed", `${key}: the value was not stored`);
    if (detail === "fill-refused" || detail === "unfenced") return "refused";
    return detail === "not-stored" ? "not-stored" : "busy";
  } catch (error) {
    return asError(error);
  }
}

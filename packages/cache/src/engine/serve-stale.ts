import { withDeadline } from "../clock.ts";
import { CacheError } from "../errors.ts";
import { emit } from "../events.ts";
import type { Entry } from "../protocol/entry.ts";
import type { Engine } from "./context.ts";
import type { StaleFallback } from "./effort.ts";
import { asError } from "./exchange.ts";
import type { AnyRead } from "./read-context.ts";
import { type EntryLook, serveHit } from "./serve-fresh.ts";
import type { Served } from "./served.ts";

/** Longest time a read waits for its refresh to be taken over: 1 s, and half of what its request has left. */
const HAND_OVER_LIMIT_MS = 1_000;

type Why = "refreshing" | "load-failed" | "soft-timeout";

/** Serves an old value: at once while it is refreshed, or in place of one that could not be loaded. */
function serveStale(
  { clock }: Engine,
  { resource, keys }: AnyRead,
  entry: Entry,
  why: Why,
  asOf = 0,
): Served {
  const ageMs = clock.now() - entry.header.createdMs;
  emit(() => ({ type: "stale", resource: resource.name, key: keys.key, why, ageMs }));
  return { status: "stale", detail: why, stored: false, collapsed: false, entry, asOf };
}

/** Serves what stands in for a new value: as a hit where it is only refreshed before its end. */
export function serveFallback(
  engine: Engine,
  read: AnyRead,
  { entry, fresh }: StaleFallback,
  why: Why,
  asOf = 0,
): Served {
  if (!fresh) return serveStale(engine, read, entry, why, asOf);
  const served = serveHit(engine, read, { state: "fresh", entry, l1: false }, 0);
  return { ...served, detail: "early-refresh", asOf };
}

/** Serves an entry whose refresh is under way elsewhere. */
export function serveWhileRefreshing(engine: Engine, read: AnyRead, look: EntryLook): Served {
  return look.state === "fresh"
    ? serveHit(engine, read, look, 0)
    : serveStale(engine, read, look.entry, "refreshing");
}

/** Whether `defer` has taken the refresh over; a queue that fails or hangs leaves it to the reader. */
export async function handOver(
  { defer, clock }: Engine,
  { resource, keys, params, budget }: AnyRead,
  { entry }: EntryLook,
): Promise<boolean> {
  if (defer === undefined || !resource.deferrable) return false;
  const about = { resource: resource.name, key: keys.key };
  const limitMs = Math.min(HAND_OVER_LIMIT_MS, budget.leftMs() / 2);
  const late = () => new CacheError("store_failed", `defer: not taken over within ${limitMs} ms`);
  try {
    const task = { ...about, params, entryId: entry.id };
    await withDeadline(clock, limitMs, Promise.resolve(defer(task)), late);
    emit(() => ({ type: "deferred", ...about }));
    return true;
  } catch (error) {
    emit(() => ({ type: "deferred", ...about, error: asError(error) }));
    return false;
  }
}

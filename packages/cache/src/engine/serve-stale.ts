import { withDeadline } from "../clock.ts";
import { CacheError } from "../errors.ts";
import { emit } from "../events.ts";
import type { Entry } from "../protocol/entry.ts";
import type { Engine } from "./context.ts";
import type { StaleFallback } from "./effort.ts";
import { asError } from "./as-error.ts";
import type { AnyRead } from "./read-context.ts";
import { type EntryLook, serveHit } from "./fetch.ts";
import type { Served } from "./served.ts";

type Why = "refreshing" | "load-failed" | "soft-timeout";

/** Serves an old value: at once while it is refreshed, or instead of one that could not be loaded. */
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

/** Serves a value instead of a new one: as a hit if it is only refreshed early. */
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

/** Serves an entry whose refresh is done by a queue or another read, or continues after the answer. */
export function serveWhileRefreshing(engine: Engine, read: AnyRead, look: EntryLook): Served {
  return look.state === "fresh"
    ? serveHit(engine, read, look, 0)
    : serveStale(engine, read, look.entry, "refreshing");
}

/**
 * Passes the refresh to `enqueueRefresh`, and returns true if it was accepted; if the queue fails or hangs, the reader
 * refreshes.
 */
export async function handOver(
  engine: Engine,
  read: AnyRead,
  { entry }: EntryLook,
): Promise<boolean> {
  const { enqueueRefresh } = engine;
  const { resource, keys, params } = read;
  if (enqueueRefresh === undefined || !resource.deferrable) return false;
  const about = { resource: resource.name, key: keys.key };
  const task = { ...about, params: params as unknown, entryId: entry.id };
  const error = await enqueueWithin(engine, read, () => enqueueRefresh(task));
  emit(() => ({ type: "deferred", ...about, ...(error && { error }) }));
  return error === undefined;
}

/**
 * Passes a task to a queue; returns the error if that fails or is late: the limit is twice the time limit of the store,
 * or half of the read's remaining time if that is less.
 */
export async function enqueueWithin(
  { clock, storeMs }: Engine,
  { budget }: AnyRead,
  enqueue: () => Promise<void> | void,
): Promise<Error | undefined> {
  const limitMs = Math.min(2 * storeMs, budget.leftMs() / 2);
  const late = () => new CacheError("store_failed", `queue: not accepted within ${limitMs} ms`);
  try {
    await withDeadline(clock, limitMs, Promise.resolve(enqueue()), late);
    return undefined;
  } catch (error) {
    return asError(error);
  }
}

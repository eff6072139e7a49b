import type { Engine } from "./engine.ts";
import { encodeEntry, type Entry } from "./entry.ts";
import { CacheError } from "./errors.ts";
import { emit } from "./events.ts";
import { hit } from "./hit.ts";
import { stampsOf } from "./keyspace.ts";
import { type Load, load, toEntry } from "./load.ts";
import { type AnyAsk, first, type StandIn, within } from "./lookup.ts";
import { tolerates } from "./policy.ts";
import type { ReadDetail, Served } from "./served.ts";
import type { AnyResource } from "./resource.ts";
import { STAMP_MARGIN_MS } from "./stamp.ts";

/** After a load failed while an old value could be served, nobody tries again for so long: 2 s. */
const ERROR_BACKOFF_MS = 2_000;

/** The right to load and store, as granted by the store. */
export interface Lease {
  readonly token: string;
  readonly stamps: string[];
  /** What may be served instead if the load fails. */
  readonly standIn: StandIn | null;
  readonly grantedTick: number;
}

/** Loads under a lease and stores the value if nothing was invalidated meanwhile. */
export async function loadUnderLease(engine: Engine, ask: AnyAsk, lease: Lease): Promise<Served> {
  const { resource, budget } = ask;
  const hardMs = Math.min(resource.hardTimeoutMs, budget.leftMs());
  const softMs = lease.standIn?.refreshing ? resource.softTimeoutMs : Number.POSITIVE_INFINITY;
  const loadTick = engine.tick();
  let made: Load;
  try {
    made = await load(engine, ask, Math.min(hardMs, softMs));
  } catch (error) {
    return failed(engine, ask, lease, { error, soft: softMs < hardMs && isTimeout(error) });
  }
  try {
    const entry = await toEntry(engine, ask, made, lease.stamps);
    return await commit(engine, ask, lease, { made, entry, loadTick });
  } catch (error) {
    await release(engine, ask, lease.token, 0);
    throw error;
  }
}

/** Loads for this read alone: the store is out of reach, or another instance does not come to an end. */
export async function loadAlone(engine: Engine, ask: AnyAsk, detail: ReadDetail): Promise<Served> {
  const { resource, place, budget } = ask;
  const loadTick = engine.tick();
  const made = await load(engine, ask, Math.min(resource.hardTimeoutMs, budget.leftMs()));
  const entry = await toEntry(
    engine,
    ask,
    made,
    place.stampKeys.map(() => ""),
  );
  return unstored({ made, entry, loadTick }, "bypass", detail);
}

export interface Made {
  made: Load;
  entry: Entry;
  loadTick: number;
}

/** Asks the store to keep an entry; what it refuses or fails to do is still good for the caller that loaded it. */
async function commit(engine: Engine, ask: AnyAsk, lease: Lease, result: Made): Promise<Served> {
  const { made, entry } = result;
  if (!made.keep) {
    await replaceByNothing(engine, ask, lease);
    return unstored(result, "miss", "not-stored");
  }
  const committing = {
    tick: engine.tick(),
    atMs: engine.clock.now(),
    generation: engine.l1.generation,
  };
  const outcome = await first(
    engine,
    ask,
    engine.store.commit([commitRequest(engine, ask, lease, entry)]),
  );
  if (!outcome.ok) return notKept(engine, ask, lease, result, outcome.error);
  return settle(engine, ask, result, { accepted: outcome.value, ...committing });
}

/** The store failed to keep an entry, too large for instance: its caller has it, and nobody should wait for it any longer. */
export async function notKept(
  engine: Engine,
  ask: AnyAsk,
  lease: Lease,
  result: Made,
  error: Error,
): Promise<Served> {
  const { resource, place } = ask;
  emit(() => ({ type: "fill-failed", resource: resource.name, key: place.key, error }));
  await release(engine, ask, lease.token, 0);
  return unstored(result, "miss", "store-unreachable");
}

export function commitRequest(
  engine: Engine,
  { place, resource }: AnyAsk,
  lease: Lease,
  entry: Entry,
) {
  const { header } = entry;
  const untilMs = Math.max(header.freshUntilMs, header.staleUntilMs, header.errorUntilMs);
  const nowMs = engine.clock.now();
  const ageMs = nowMs - header.createdMs;
  const entryTtlMs = Math.max(1, Math.ceil(untilMs - nowMs));
  return {
    entryKey: place.entryKey,
    leaseKey: place.leaseKey,
    token: lease.token,
    entry: encodeEntry(entry),
    entryTtlMs,
    // A tolerant tag's bump does not make a young value too old, so it does not stop it either.
    stamps: stampsOf(place).map((stamp, index) => ({
      ...stamp,
      expected: tolerates(place.toleranceMs[index] ?? 0, ageMs)
        ? null
        : (lease.stamps[index] ?? ""),
    })),
    stampTtlMs: Math.max(entryTtlMs, memoryMs(resource)) + STAMP_MARGIN_MS,
  };
}

/**
 * How long the stamps of an eventually consistent load are remembered, though its value may only be lent for a moment: the
 * next load would else find them missing, take that for an invalidation a moment ago, and lend its value too.
 */
function memoryMs({ consistency, freshMs, staleIfErrorMs }: AnyResource): number {
  return consistency === "eventual" ? freshMs + staleIfErrorMs : 0;
}

/** Turns the store's verdict on a commit into the read's result. */
export function settle(
  engine: Engine,
  { resource, place }: AnyAsk,
  result: Made,
  {
    accepted,
    tick,
    atMs,
    generation,
  }: { accepted: boolean; tick: number; atMs: number; generation: number },
): Served {
  const { made, entry } = result;
  if (!accepted) {
    emit(() => ({ type: "fill-refused", resource: resource.name, key: place.key }));
    return unstored(result, "miss", "fill-refused");
  }
  if (resource.l1TrustMs !== null) engine.l1.put(place.key, entry, { atMs, generation });
  const freshMs = entry.header.freshUntilMs - atMs;
  emit(() => ({
    type: "filled",
    resource: resource.name,
    key: place.key,
    bytes: entry.body.length,
    freshMs,
  }));
  const loaded = { value: made.value };
  return {
    status: "miss",
    stored: true,
    collapsed: false,
    entry,
    loaded,
    loadMs: made.loadMs,
    asOf: tick,
  };
}

export function unstored(
  { made, entry, loadTick }: Made,
  status: "miss" | "bypass",
  detail: ReadDetail,
): Served {
  const loaded = { value: made.value };
  return {
    status,
    detail,
    stored: false,
    collapsed: false,
    entry,
    loaded,
    loadMs: made.loadMs,
    asOf: loadTick,
  };
}

/** Serves what may be served instead of a failed load, and keeps everybody from trying again at once. */
export async function failed(
  engine: Engine,
  ask: AnyAsk,
  lease: Lease,
  { error, soft }: { error: unknown; soft: boolean },
): Promise<Served> {
  const { resource, place } = ask;
  await release(engine, ask, lease.token, lease.standIn ? ERROR_BACKOFF_MS : 0);
  if (lease.standIn === null) throw error;
  const { entry, fresh } = lease.standIn;
  // It was fresh when the lease was granted, after all that may share it had begun: that is a hit, however long the load took.
  if (fresh) {
    const served = hit(engine, ask, { state: "fresh", entry, l1: false }, 0);
    return { ...served, detail: "early-refresh", asOf: lease.grantedTick };
  }
  const why = soft ? "soft-timeout" : "load-failed";
  const ageMs = engine.clock.now() - entry.header.createdMs;
  emit(() => ({ type: "stale", resource: resource.name, key: place.key, why, ageMs }));
  return {
    status: "stale",
    detail: why,
    stored: false,
    collapsed: false,
    entry,
    asOf: lease.grantedTick,
  };
}

/** Ends a load whose answer is not to be kept: what the entry said before is no longer true, so it may not stand in later. */
export async function replaceByNothing(engine: Engine, ask: AnyAsk, lease: Lease): Promise<void> {
  if (lease.standIn === null) return release(engine, ask, lease.token, 0);
  const { entryKey, leaseKey } = ask.place;
  await within(ask, engine, engine.store.delete([entryKey, leaseKey])).catch(() => undefined);
}

/** Gives up a lease; should that fail, it ends by itself. */
export async function release(
  engine: Engine,
  ask: AnyAsk,
  token: string,
  backoffMs: number,
): Promise<void> {
  const { leaseKey } = ask.place;
  await within(ask, engine, engine.store.release({ leaseKey, token, backoffMs })).catch(
    () => undefined,
  );
}

function isTimeout(error: unknown): boolean {
  return error instanceof CacheError && error.code === "load_timeout";
}

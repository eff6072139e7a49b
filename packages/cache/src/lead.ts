import { type Budget, deadline } from "./budget.ts";
import { type Engine, uniqueName } from "./engine.ts";
import type { Entry } from "./entry.ts";
import { emit } from "./events.ts";
import { stampsOf } from "./keyspace.ts";
import { inLine } from "./load.ts";
import { loadAlone, loadUnderLease } from "./lead-load.ts";
import {
  type AnyAsk,
  first,
  inspectText,
  type Look,
  seenIdOf,
  type StandIn,
  standInOf,
  toStandIn,
  waitLimitMs,
  within,
} from "./lookup.ts";
import { servedFallback, servedStale } from "./serve-stale.ts";
import type { Served } from "./served.ts";
import { STAMP_MARGIN_MS } from "./stamp.ts";
import { BACKOFF, type LeaseBatch, type LeaseGrant, type LeaseRequest } from "./store.ts";

/** Lease lifetimes: four times the usual load, within these bounds; 5 s while the usual load is unknown. */
const LEASE_FACTOR = 4;
const LEASE_MIN_MS = 1_000;
const LEASE_UNKNOWN_MS = 5_000;

/** Pauses between two looks while another instance loads: half the usual load at first, growing, within these bounds. */
const POLL_MIN_MS = 5;
const POLL_MAX_MS = 500;
const POLL_GROWTH = 1.5;

/** A read that takes it on itself to get a value, and what it may serve instead. */
interface Effort {
  readonly ask: AnyAsk;
  readonly waiting: Budget;
  /** Before the next look: grows from one to the next, also when a replica that lags behind shows no lease in between. */
  pauseMs: number;
  seenId: string | null;
  standIn: StandIn | null;
}

/**
 * Gets a value on behalf of this process: asks for the lease and loads, or waits for the instance that has it.
 * A stale entry is never waited for: whoever does not get the lease serves it at once.
 */
export async function lead(engine: Engine, ask: AnyAsk, look: Look): Promise<Served> {
  const effort: Effort = {
    ask,
    waiting: deadline(engine.clock, waitLimitMs(engine, ask)),
    pauseMs: firstPauseMs(engine, ask),
    ...shown(look),
  };
  if (look.state === "down") return withoutStore(engine, effort);
  while (effort.waiting.leftMs() > 0) {
    const served = (await seekLease(engine, effort)) ?? (await awaitLeader(engine, effort));
    if (served) return served;
  }
  return loadAlone(engine, ask, "lease-denied");
}

/** Asks for the lease once: loads with it, serves what somebody else stored meanwhile, or tells to wait (undefined). */
async function seekLease(engine: Engine, effort: Effort): Promise<Served | undefined> {
  const { ask } = effort;
  const grantedTick = engine.tick();
  const batch = leaseBatch(engine, [leaseRequest(engine, ask, effort.seenId)]);
  const outcome = await first(engine, ask, engine.store.lease(batch));
  if (!outcome.ok) return withoutStore(engine, effort);
  const { granted, stamps, entry } = outcome.value;
  if (granted) {
    const standIn = keepStandIn(engine, effort, outcome.value);
    const { token } = outcome.value;
    return loadUnderLease(engine, ask, { token, stamps, standIn, grantedTick });
  }
  if (entry !== null) {
    const look = inspectText(engine, ask, entry, stamps);
    if (look.state === "fresh") return fromOther(engine, ask, look.entry, grantedTick);
    Object.assign(effort, shown(look));
  }
  emit(() => ({ type: "lease-denied", resource: ask.resource.name, key: ask.place.key }));
  if (effort.standIn?.refreshing) return servedStale(engine, ask, effort.standIn.entry);
  return undefined;
}

export function leaseRequest(
  engine: Engine,
  { resource, place }: AnyAsk,
  seenEntryId: string | null,
): LeaseRequest {
  const costMs = engine.costs.get(resource.name);
  const usualMs = costMs === undefined ? LEASE_UNKNOWN_MS : costMs * LEASE_FACTOR;
  const leaseMs = Math.ceil(Math.max(LEASE_MIN_MS, Math.min(usualMs, resource.hardTimeoutMs)));
  return {
    entryKey: place.entryKey,
    leaseKey: place.leaseKey,
    leaseMs,
    seenEntryId,
    stamps: stampsOf(place),
    stampTtlMs: leaseMs + STAMP_MARGIN_MS,
  };
}

export function leaseBatch(engine: Engine, requests: readonly LeaseRequest[]): LeaseBatch {
  return { ...uniqueName(engine), formerRandom: null, requests };
}

/** Looks again and again until the entry is there (served), the lease is free (undefined) or the time is over. */
async function awaitLeader(engine: Engine, effort: Effort): Promise<Served | undefined> {
  const { ask, waiting } = effort;
  const { place } = ask;
  // The last look comes after the time is over: a function that was frozen meanwhile finds what others have stored.
  for (let isLast = false; !isLast;) {
    isLast = waiting.leftMs() === 0;
    await engine.clock.sleep(Math.min(effort.pauseMs * (0.5 + engine.random()), waiting.leftMs()));
    effort.pauseMs = nextPauseMs(effort.pauseMs);
    const asOf = engine.tick();
    const keys = [place.leaseKey, place.entryKey, ...place.stampKeys];
    const values = await within(ask, engine, engine.store.mget(keys)).catch(() => null);
    if (values === null) return withoutStore(engine, effort);
    const [lease = null, text = null, ...stamps] = values;
    const look = inspectText(engine, ask, text, stamps);
    if (look.state === "fresh") return fromOther(engine, ask, look.entry, asOf);
    Object.assign(effort, shown(look));
    if (lease === BACKOFF && effort.standIn)
      return servedFallback(engine, ask, effort.standIn.entry);
    if (lease === null) return undefined;
  }
  return undefined;
}

export function firstPauseMs({ costs }: Engine, { resource }: AnyAsk): number {
  return withinPauses((costs.get(resource.name) ?? 0) / 2);
}

export function nextPauseMs(pauseMs: number): number {
  return withinPauses(pauseMs * POLL_GROWTH);
}

function withinPauses(ms: number): number {
  return Math.min(Math.max(ms, POLL_MIN_MS), POLL_MAX_MS);
}

/** What a look tells an effort: the entry that is there, and what it may be used for. */
function shown(look: Look): Pick<Effort, "seenId" | "standIn"> {
  return { seenId: seenIdOf(look), standIn: standInOf(look) };
}

/** Loads without the store, a bounded number at a time. */
async function withoutStore(engine: Engine, { ask, standIn }: Effort): Promise<Served> {
  if (standIn?.refreshing) return servedStale(engine, ask, standIn.entry);
  try {
    return await inLine(engine, ask, () => loadAlone(engine, ask, "store-unreachable"));
  } catch (error) {
    if (standIn === null) throw error;
    return servedFallback(engine, ask, standIn.entry);
  }
}

/**
 * Judges a stand-in again, by what the store said when it granted the lease: reads that begin meanwhile may share it, so
 * it must not have been invalidated or deleted since it was looked up.
 */
export function keepStandIn(
  engine: Engine,
  { ask, standIn }: { ask: AnyAsk; standIn: StandIn | null },
  { stamps, seen }: LeaseGrant,
): StandIn | null {
  if (standIn === null || !seen) return null;
  const judging = {
    place: ask.place,
    fingerprint: ask.resource.fingerprint,
    nowMs: engine.clock.now(),
  };
  const { state } = engine.policy.judge(standIn.entry, stamps, judging);
  return state === "miss" ? null : toStandIn(standIn.entry, state);
}

/** Serves what another instance stored while this read waited. */
export function fromOther(
  engine: Engine,
  { resource, place }: AnyAsk,
  entry: Entry,
  asOf: number,
): Served {
  emit(() => ({ type: "collapsed", resource: resource.name, key: place.key, where: "fleet" }));
  if (resource.l1TrustMs !== null) {
    engine.l1.put(place.key, entry, {
      atMs: Number.NEGATIVE_INFINITY,
      generation: engine.l1.generation,
    });
  }
  return { status: "hit", stored: false, collapsed: true, entry, asOf };
}

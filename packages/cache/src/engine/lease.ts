import { decodeEntry, storedId } from "../protocol/entry.ts";
import { FILLS, PERMANENT_STAMPS } from "../protocol/key-names.ts";
import { STAMP_MARGIN_MS } from "../protocol/stamp.ts";
import type { LeaseRequest, StampKey } from "../store.ts";
import type { Engine } from "./context.ts";
import { uniqueName } from "./unique-name.ts";
import { type Effort, learn, type Leased, type StaleFallback, toFallback } from "./effort.ts";
import { exchange, type Sent } from "./exchange.ts";
import {
  judgeEntry,
  judgeStored,
  lookUp,
  type LookupResult,
  stampNames,
  type Values,
} from "./lookup.ts";
import type { AnyRead } from "./read-context.ts";

/**
 * Lease durations: four times the usual load time, or 5 s while that is unknown; at most the load's hard time limit,
 * but never below 1 s.
 */
const LEASE_FACTOR = 4;
const LEASE_MIN_MS = 1_000;
const LEASE_UNKNOWN_MS = 5_000;

/**
 * Factor by which a lease is longer for each lease that this read has seen end without a value, up to the load's hard
 * time limit: the load is slow, and a lease that ends before its load is useless.
 */
const TAKEOVER_FACTOR = 10;

/** Efforts by the outcome of their leases. */
export interface Leases {
  readonly granted: Leased[];
  /** The store has an entry that the effort's look did not show; the effort's `look` is now that of this entry. */
  readonly superseded: Effort[];
  /** Another instance holds the lease, or its load has just failed (back-off). */
  readonly held: Effort[];
  /** The store did not answer, or failed. */
  readonly unknown: Effort[];
  /** The moment before the store was asked; null if it was not. */
  readonly sent: Sent | null;
}

/**
 * Requests the leases of a group of entries, with one request. A look follows if an entry that another instance has
 * stored meanwhile names a tag whose stamp did not come.
 */
export async function requestLeases(
  engine: Engine,
  efforts: readonly Effort[],
  { force = false } = {},
): Promise<Leases> {
  const asking = efforts.filter(({ look }) => look.state !== "down");
  const unknown = efforts.filter(({ look }) => look.state === "down");
  const granted: Leased[] = [];
  const superseded: Effort[] = [];
  const held: Effort[] = [];
  const [one] = asking;
  if (one === undefined) return { granted, superseded, held, unknown, sent: null };
  const requests = asking.map((effort) => ({ ...leaseRequest(engine, effort), force }));
  const batch = { ...uniqueName(engine), requests };
  const reply = await exchange(engine, one.read, (store) => store.lease(batch));
  const unjudged: Effort[] = [];
  for (const [index, effort] of asking.entries()) {
    const outcome = reply.ok ? reply.value[index] : undefined;
    if (!outcome?.ok) {
      unknown.push(effort);
      continue;
    }
    const { token, atMs, seen, entry } = outcome.value;
    const names = (requests[index] as LeaseRequest).stamps.map(({ key }) => key);
    const stamps = new Map(names.map((name, at) => [name, outcome.value.stamps[at] ?? ""]));
    if (outcome.value.granted) {
      const fallback = seen ? fallbackUnderLease(engine, effort, stamps) : null;
      granted.push({ ...effort, fallback, lease: { token, atMs, stamps, sent: reply.sent } });
    } else if (entry !== null) {
      superseded.push(effort);
      const look = judgeText(engine, effort.read, entry, {
        values: stamps,
        closedMs: effort.closedMs,
      });
      if (look === null) unjudged.push(effort);
      else learn(effort, { ...effort, look });
    } else held.push(effort);
  }
  const found = await lookUp(
    engine,
    unjudged.map(({ read }) => read),
  );
  for (const [index, each] of found.entries()) learn(unjudged[index] as Effort, each);
  return { granted, superseded, held, unknown, sent: reply.sent };
}

function leaseRequest(
  engine: Engine,
  { read, look, holders }: Pick<Effort, "read" | "look" | "holders">,
): Omit<LeaseRequest, "force"> {
  const { resource, keys } = read;
  const costMs = engine.costs.get(resource.name);
  const usualMs = costMs === undefined ? LEASE_UNKNOWN_MS : costMs * LEASE_FACTOR;
  const firstMs = Math.max(LEASE_MIN_MS, Math.min(usualMs, resource.hardTimeoutMs));
  // After a wait `holders` contains null, because the last look found the lease free: null is no takeover. Null alone
  // counts as one takeover: a holder denied this effort the lease, and ended before the first look.
  const takeovers = holders.size && Math.max(1, holders.size - 1);
  const longerMs = Math.min(firstMs * TAKEOVER_FACTOR ** takeovers, resource.hardTimeoutMs);
  const leaseMs = Math.ceil(Math.max(firstMs, longerMs));
  return {
    entryKey: keys.entryKey,
    leaseKey: keys.leaseKey,
    leaseMs,
    seenEntryId: seenIdOf(look),
    stamps: [
      ...stampKeysOf(stampNames(engine, read)),
      { key: engine.space.stamp(FILLS), permanent: true },
    ],
    stampTtlMs: leaseMs + STAMP_MARGIN_MS,
  };
}

/**
 * Judges a fallback again, by the store's answer to the lease request: later reads may share it, so it must not have been
 * invalidated or deleted since it was looked up.
 */
function fallbackUnderLease(
  engine: Engine,
  { read, fallback, closedMs }: Effort,
  values: ReadonlyMap<string, string>,
): StaleFallback | null {
  if (fallback === null) return null;
  const { entry } = fallback;
  const stamps = stampNames(engine, read, entry).map((name) => values.get(name) ?? null);
  const { state } = judgeEntry(engine, read, entry, { stamps, closedMs, l1: false });
  return state === "miss" ? null : toFallback(entry, state);
}

/** Stamps in the store's terms: the first two are permanent. */
export function stampKeysOf(names: readonly string[]): StampKey[] {
  return names.map((key, index) => ({ key, permanent: index < PERMANENT_STAMPS }));
}

/** Judges the text of an entry by the stamps that came with it; null if its value names a tag whose stamp did not come. */
function judgeText(
  engine: Engine,
  read: AnyRead,
  text: string,
  evidence: { values: Values; closedMs: number | null },
): Exclude<LookupResult, { state: "down" }> | null {
  const entry = decodeEntry(text);
  const names = entry ? stampNames(engine, read, entry) : [];
  if (names.some((name) => !evidence.values.has(name))) return null;
  return judgeStored(engine, read, { text, entry }, { ...evidence, l1: false });
}

/** Id of the entry that a look found, valid or not; null if there was none. */
function seenIdOf(look: LookupResult): string | null {
  if (look.state === "down") return null;
  return look.state === "miss" ? look.seenId : storedId(look.entry.id);
}

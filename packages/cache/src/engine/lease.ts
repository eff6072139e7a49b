import { stampsOf } from "../protocol/key-names.ts";
import { STAMP_MARGIN_MS } from "../protocol/stamp.ts";
import type { LeaseGrant, LeaseRequest } from "../store.ts";
import { type Engine, uniqueName } from "./context.ts";
import { type Effort, learn, type Leased, type StaleFallback, toFallback } from "./effort.ts";
import { exchange, type Sent } from "./exchange.ts";
import { judgeText, seenIdOf } from "./lookup.ts";

/** Lease lifetimes: four times the usual load, within these bounds; 5 s while the usual load is unknown. */
const LEASE_FACTOR = 4;
const LEASE_MIN_MS = 1_000;
const LEASE_UNKNOWN_MS = 5_000;

/** Efforts by what became of their leases. */
export interface Leases {
  readonly granted: Leased[];
  /** Another instance has stored an entry since the look: it is the effort's look now. */
  readonly superseded: Effort[];
  /** Another instance has the lease. */
  readonly held: Effort[];
  /** The store did not answer. */
  readonly unknown: Effort[];
  /** The moment before the store was asked. */
  readonly sent: Sent | null;
}

/** Asks for the leases of a group of entries with one request. */
export async function requestLeases(engine: Engine, efforts: readonly Effort[]): Promise<Leases> {
  const asking = efforts.filter(({ look }) => look.state !== "down");
  const unknown = efforts.filter(({ look }) => look.state === "down");
  const granted: Leased[] = [];
  const superseded: Effort[] = [];
  const held: Effort[] = [];
  const [one] = asking;
  if (one === undefined) return { granted, superseded, held, unknown, sent: null };
  const requests = asking.map((effort) => leaseRequest(engine, effort));
  const batch = { ...uniqueName(engine), requests };
  const reply = await exchange(engine, one.read, (store) => store.lease(batch));
  for (const [index, effort] of asking.entries()) {
    const outcome = reply.ok ? reply.value[index] : undefined;
    if (!outcome?.ok) {
      unknown.push(effort);
      continue;
    }
    const { token, stamps, entry } = outcome.value;
    if (outcome.value.granted) {
      const fallback = fallbackUnderLease(engine, effort, outcome.value);
      granted.push({ ...effort, fallback, lease: { token, stamps, sent: reply.sent } });
    } else if (entry !== null) {
      learn(effort, judgeText(engine, effort.read, entry, stamps));
      superseded.push(effort);
    } else held.push(effort);
  }
  return { granted, superseded, held, unknown, sent: reply.sent };
}

function leaseRequest(engine: Engine, { read: { resource, keys }, look }: Effort): LeaseRequest {
  const costMs = engine.costs.get(resource.name);
  const usualMs = costMs === undefined ? LEASE_UNKNOWN_MS : costMs * LEASE_FACTOR;
  const leaseMs = Math.ceil(Math.max(LEASE_MIN_MS, Math.min(usualMs, resource.hardTimeoutMs)));
  return {
    entryKey: keys.entryKey,
    leaseKey: keys.leaseKey,
    leaseMs,
    seenEntryId: seenIdOf(look),
    stamps: stampsOf(keys),
    stampTtlMs: leaseMs + STAMP_MARGIN_MS,
  };
}

/**
 * Judges a fallback again, by what the store said when it granted the lease: reads that begin meanwhile may share it, so
 * it must not have been invalidated or deleted since it was looked up.
 */
function fallbackUnderLease(
  { clock, policy }: Engine,
  { read: { keys, resource }, fallback }: Effort,
  { stamps, seen }: LeaseGrant,
): StaleFallback | null {
  if (fallback === null || !seen) return null;
  const judging = { keys, fingerprint: resource.fingerprint, nowMs: clock.now() };
  const { state } = policy.judge(fallback.entry, stamps, judging);
  return state === "miss" ? null : toFallback(fallback.entry, state);
}

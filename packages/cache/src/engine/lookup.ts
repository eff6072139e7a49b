import { CacheError } from "../errors.ts";
import { decodeEntry, type Entry, STORED_ID_LENGTH, storedId } from "../protocol/entry.ts";
import type { MissReason } from "../protocol/judge.ts";
import { boundLifetime } from "../protocol/lifetime.ts";
import type { Engine } from "./context.ts";
import { exchange, type Sent } from "./exchange.ts";
import type { HeldEntries } from "./held-entries.ts";
import type { AnyRead } from "./read-context.ts";

/** What the store had to say about an entry. */
export type LookupResult =
  | { state: "fresh" | "stale" | "fallback"; entry: Entry; l1: boolean }
  | { state: "miss"; reason: MissReason; seenId: string | null }
  /** `pending`: an invalidation of the entry failed here, and its repetition too. */
  | { state: "down"; pending: boolean; why?: "store-misconfigured" };

/** A read and what its look found. */
export interface Found {
  readonly read: AnyRead;
  readonly look: LookupResult;
  /** Holder of the entry's lease; null when it is free or was not asked for. */
  readonly lease: string | null;
  /** The moment before the look. */
  readonly sent: Sent;
}

/**
 * Looks at many entries of a resource with one request: each entry, each of their stamps once, and their leases if asked
 * for. Resources that are held in the process are looked up there first.
 */
export async function lookUp(
  engine: Engine,
  reads: readonly AnyRead[],
  { leases = false } = {},
): Promise<Found[]> {
  const [one] = reads;
  if (one === undefined) return [];
  const isAffected = reads.some(({ keys }) => engine.policy.isAffected(engine.pending, keys));
  if (isAffected && !(await retried(engine, one))) return reads.map((read) => down(read, true));
  if (one.resource.l1TrustMs === null || leases) return lookAt(engine, reads, { leases });
  engine.l1.held ??= await holding(engine);
  return engine.l1.held.lookUp(engine, reads);
}

async function holding({ l1 }: Engine): Promise<HeldEntries> {
  const { HeldEntries } = await import("./held-entries.ts");
  return new HeldEntries(l1.maxBytes);
}

async function retried(engine: Engine, read: AnyRead): Promise<boolean> {
  const { retryPending } = await import("../invalidation/invalidate-now.ts");
  return (await exchange(engine, read, () => retryPending(engine))).ok;
}

function down(read: AnyRead, pending: boolean, error?: Error): Found {
  const isMisconfigured = error instanceof CacheError && error.code === "store_misconfigured";
  const why = isMisconfigured ? { why: "store-misconfigured" as const } : {};
  return { read, look: { state: "down", pending, ...why }, lease: null, sent: NEVER };
}

/** Of a look that was not sent. */
export const NEVER: Sent = { tick: 0, atMs: Number.NEGATIVE_INFINITY, generation: -1 };

/** Asks the store; entries that are held already are judged by their stamps alone. */
export async function lookAt(
  engine: Engine,
  reads: readonly AnyRead[],
  { leases = false, held = [] }: { leases?: boolean; held?: readonly (Entry | undefined)[] },
): Promise<Found[]> {
  const [one] = reads;
  if (one === undefined) return [];
  const names = new Set<string>();
  for (const [index, { keys }] of reads.entries()) {
    if (!held[index]) names.add(keys.entryKey);
    for (const key of keys.stampKeys) names.add(key);
    if (leases) names.add(keys.leaseKey);
  }
  const reply = await exchange(engine, one, (store) => store.mget([...names]));
  if (!reply.ok) return reads.map((read) => down(read, false, reply.error));
  const values = new Map<string, string | null>();
  for (const name of names) values.set(name, reply.value[values.size] ?? null);
  const get = (name: string) => values.get(name) ?? null;
  return reads.map((read, index) => {
    const { entryKey, stampKeys, leaseKey } = read.keys;
    const entry = held[index];
    const stamps = stampKeys.map(get);
    const look = entry
      ? judgeEntry(engine, read, entry, stamps, true)
      : judgeText(engine, read, get(entryKey), stamps);
    return { read, look, lease: get(leaseKey), sent: reply.sent };
  });
}

/** Judges the text of an entry, as it came from the store, by stamps that were read with it. */
export function judgeText(
  engine: Engine,
  read: AnyRead,
  text: string | null,
  stamps: readonly (string | null)[],
): Exclude<LookupResult, { state: "down" }> {
  if (text === null) return { state: "miss", reason: "absent", seenId: null };
  const entry = decodeEntry(text);
  // Even what cannot be read is "seen": the lease script then grants the right to replace it.
  if (entry === null)
    return { state: "miss", reason: "corrupt", seenId: text.slice(0, STORED_ID_LENGTH) };
  return judgeEntry(engine, read, entry, stamps, false);
}

export function judgeEntry(
  { clock, policy }: Engine,
  { resource, keys, unusable }: AnyRead,
  entry: Entry,
  stamps: readonly (string | null)[],
  l1: boolean,
): Exclude<LookupResult, { state: "down" }> {
  if (entry.id === unusable)
    return { state: "miss", reason: "corrupt", seenId: storedId(entry.id) };
  const bound = boundLifetime(entry, resource);
  const judging = { keys, fingerprint: resource.fingerprint, nowMs: clock.now() };
  const verdict = policy.judge(bound, stamps, judging);
  if (verdict.state === "miss") return { ...verdict, seenId: storedId(entry.id) };
  return { state: verdict.state, entry: bound, l1 };
}

/** Id of the entry that a look found, good or bad; null when there was none. */
export function seenIdOf(look: LookupResult): string | null {
  if (look.state === "down") return null;
  return look.state === "miss" ? look.seenId : storedId(look.entry.id);
}

import { decodeEntry, type Entry, STORED_ID_LENGTH, storedId } from "../protocol/entry.ts";
import { boundLifetime, INVALIDATED, type MissReason, type Verdict } from "../protocol/judge.ts";
import { isRecorded } from "../recording/is-recorded.ts";
import type { Reads, Store } from "../store.ts";
import type { Tag } from "../tag.ts";
import type { Engine } from "./context.ts";
import { exchange, type Sent } from "./exchange.ts";
import type { AnyRead } from "./read-context.ts";

/** Result of the look at the store for one entry. */
export type LookupResult =
  | { state: "fresh" | "stale"; entry: Entry; l1: boolean }
  | { state: "fallback"; entry: Entry; l1: boolean; reason: "expired" | "unconfirmed" }
  /**
   * `entry` was found but may not be served; null if nothing was found, or only an entry that cannot be used. `seenId`:
   * the id at the start of the stored text, even if that is damaged.
   */
  | { state: "miss"; reason: MissReason; seenId: string | null; entry: Entry | null }
  /** `pending`: an invalidation of the entry failed in this process, and so did its retry. */
  | { state: "down"; pending: boolean; why?: "store-misconfigured" };

/** A read and the result of its look. */
export interface Found {
  readonly read: AnyRead;
  readonly look: LookupResult;
  /** Value of the entry's lease key; null if the lease is free or was not requested. */
  readonly lease: string | null;
  /** Time before which every change is known to be invalidated; null if the look does not show it. */
  readonly closedMs: number | null;
  /** The moment before the look. */
  readonly sent: Sent;
}

/**
 * Looks at many entries of a resource with one request: each entry, each of their stamps once, and their leases if
 * requested. Unless leases are requested, entries that the process keeps are looked up there first. A second request
 * follows if an entry names a tag whose stamp did not come, or if a kept entry has expired.
 */
export async function lookUp(
  engine: Engine,
  reads: readonly AnyRead[],
  options: { readonly leases?: boolean } = {},
): Promise<Found[]> {
  const [one] = reads;
  if (!one) return [];
  const refused = engine.pending && (await (await import("./unreachable.ts")).retry(engine, reads));
  if (refused) return refused;
  if (one.resource.l1TrustMs === null || options.leases) return lookAt(engine, reads, options);
  const { l1 } = engine;
  l1.held ??= new (await import("./held-entries.ts")).HeldEntries(l1.maxBytes);
  return l1.held.lookUp(engine, reads);
}

/** True if a failed invalidation of this process affects a read, by the tags of its entry as far as they are known. */
export function isPending(engine: Engine, read: AnyRead, entry?: Entry): boolean {
  const names = { ...read.keys, stampKeys: stampNames(engine, read, entry) };
  return engine.policy.isAffected(engine.pending, names);
}

/** Remembered, because an `import()` of a loaded module still takes a few microseconds. */
let valueTagsModule: Promise<typeof import("./value-tags.ts")> | undefined;
const aboutValueTags = () => (valueTagsModule ??= import("./value-tags.ts"));

interface LookOptions {
  readonly leases?: boolean;
  readonly held?: readonly (Entry | undefined)[];
  readonly request?: AskStore;
}

export type AskStore = (
  store: Store,
  names: readonly string[],
  from: Reads,
) => Promise<readonly (string | null)[]>;

/**
 * Looks at the entries of `reads`, of which there is at least one; for those kept in the process (`held`), it requests
 * only the stamps.
 */
export async function lookAt(
  engine: Engine,
  reads: readonly AnyRead[],
  { leases, held = [], request }: LookOptions,
): Promise<Found[]> {
  const one = reads[0] as AnyRead;
  const names = new Set<string>();
  for (const [index, read] of reads.entries()) {
    if (!held[index]) names.add(read.keys.entryKey);
    for (const name of stampNames(engine, read, held[index])) names.add(name);
    if (leases) names.add(read.keys.leaseKey);
  }
  const mayName = isRecorded(one.keys) || engine.naming.has(one.resource.name);
  const { values, sent, error } = mayName
    ? await (await aboutValueTags()).askForTagged(engine, { reads, held, names, request })
    : await askFor(engine, one, names, request);
  const stored = reads.map((read, index): Stored => {
    const text = values?.get(read.keys.entryKey) ?? null;
    return { text, entry: held[index] ?? (text ? decodeEntry(text) : null) };
  });
  const judgedBy =
    values && (mayName || stored.some(({ entry }) => entry?.header.valueTags.length))
      ? await (await aboutValueTags()).withStamps(engine, { reads, stored, values })
      : values;
  if (!judgedBy) return (await import("./unreachable.ts")).down(reads, false, error);
  const closedMs = Number.parseInt(judgedBy.get(engine.space.closed) as string) || null;
  return reads.map((read, index) => {
    const evidence = { values: judgedBy, closedMs, l1: !!held[index] };
    const look = judgeStored(engine, read, stored[index] as Stored, evidence);
    return { read, look, lease: judgedBy.get(read.keys.leaseKey) ?? null, closedMs, sent };
  });
}

/** The store's values by name. */
export type Values = ReadonlyMap<string, string | null>;

export async function askFor(
  engine: Engine,
  one: AnyRead,
  names: Set<string>,
  request: AskStore = (store, asked, from) => store.mget(asked, from),
): Promise<{ values: Values | null; sent: Sent; error?: Error }> {
  if (engine.maxStalenessMs < Infinity) names.add(engine.space.closed);
  const asked = [...names];
  const from = one.isExact ? "primary" : engine.reads;
  const { sent, ...reply } = await exchange(engine, one, (store) => request(store, asked, from));
  if (!reply.ok) return { values: null, sent, error: reply.error };
  return {
    values: new Map(asked.map((name, index) => [name, reply.value[index] as string | null])),
    sent,
  };
}

/**
 * Names of the stamps that a read needs: those of its definition's tags, and those of the tags that the value of `entry`
 * names. Without `entry`: of the tags that the value named when this process last saw it.
 */
export function stampNames(
  { space, valueTags }: Engine,
  { keys }: AnyRead,
  entry?: Entry,
): readonly string[] {
  const tags = entry ? entry.header.valueTags : valueTags.get(keys.key);
  return [...keys.stampKeys, ...((tags ?? []) as Tag[]).map(space.stamp)];
}

/**
 * Text of an entry in the store, null if there is none or it was not requested. `entry` is null if nothing is stored or
 * kept, or if the text cannot be parsed.
 */
export interface Stored {
  readonly text: string | null;
  readonly entry: Entry | null;
}

export function judgeStored(
  engine: Engine,
  read: AnyRead,
  { text, entry }: Stored,
  { values, ...evidence }: { values: Values; closedMs: number | null; l1: boolean },
): Exclude<LookupResult, { state: "down" }> {
  if (!entry) {
    const reason = text ? "corrupt" : "absent";
    // Even an unparsable entry counts as seen: the lease script then grants the right to replace it.
    return { state: "miss", reason, seenId: text && text.slice(0, STORED_ID_LENGTH), entry };
  }
  const stamps = stampNames(engine, read, entry).map((name) => values.get(name) ?? null);
  return judgeEntry(engine, read, entry, { ...evidence, stamps });
}

/** The stamps by which an entry is judged, and the store's closed timestamp if it was read with them. */
interface Evidence {
  readonly stamps: readonly (string | null)[];
  readonly closedMs: number | null;
  readonly l1: boolean;
}

export function judgeEntry(
  engine: Engine,
  read: AnyRead,
  entry: Entry,
  { stamps, closedMs, l1 }: Evidence,
): Exclude<LookupResult, { state: "down" }> {
  const { clock, policy, maxStalenessMs } = engine;
  const { resource, keys, unusable } = read;
  const seenId = storedId(entry.id);
  if (entry.id === unusable) return { state: "miss", reason: "corrupt", seenId, entry: null };
  const bound = boundLifetime(entry, resource);
  const verdict: Verdict = isPending(engine, read, entry)
    ? // An invalidation failed here; only the look has shown that the value names its tag.
      INVALIDATED
    : policy.judge(bound, stamps, {
        keys,
        fingerprint: resource.fingerprint,
        nowMs: clock.now(),
        closedMs,
        maxStalenessMs,
      });
  return verdict.state === "miss"
    ? { ...verdict, seenId, entry }
    : { ...verdict, entry: bound, l1 };
}

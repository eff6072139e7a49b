import { type Entry, storedId } from "../protocol/entry.ts";
import { isSpared } from "../protocol/judge.ts";
import { entryTag, FILLS, PERMANENT_STAMPS } from "../protocol/key-names.ts";
import { STAMP_MARGIN_MS } from "../protocol/stamp.ts";
import { encodeRest } from "../protocol/write-entry.ts";
import type { AnyResource } from "../resource.ts";
import type { CommitRequest, StampRule } from "../store.ts";
import type { Tag } from "../tag.ts";
import type { Engine } from "./context.ts";
import type { Effort, Leased } from "./effort.ts";
import type { Load } from "./load.ts";

/**
 * Tags that a load's value names in addition to the definition's, and the stamps of all tags of the entry, empty where
 * unknown.
 */
export interface EntryTags {
  readonly valueTags: readonly Tag[];
  readonly stamps: readonly string[];
  readonly grantedMs: number;
}

/** The tags of a load's entry, with the stamps from before the load; an unknown stamp is empty. */
export function entryTags(
  { space }: Engine,
  { read: { keys }, lease }: Effort & Partial<Pick<Leased, "lease">>,
  load: Load,
): EntryTags {
  const inherited = inheritedStamps(load);
  const named = (load.unchanged?.header.valueTags ?? load.options.tags ?? []) as readonly Tag[];
  const valueTags = [...new Set([...named, ...inherited.keys()])].filter(
    (tag) => !keys.tags.includes(tag),
  );
  const stamps = [...keys.tags, ...valueTags].map(
    (tag) => lease?.stamps.get(space.stamp(tag)) ?? inherited.get(tag)?.[0] ?? "",
  );
  return { valueTags, stamps, grantedMs: lease?.atMs ?? NaN };
}

/**
 * Stamps of the entries that a value was made from, by tag: several different ones for a tag if the entries disagree.
 */
function inheritedStamps({ options: { from = [] } }: Load): Map<Tag, string[]> {
  const inherited = new Map<Tag, string[]>();
  for (const { tags, entry } of from) {
    for (const [index, tag] of (tags as readonly Tag[]).entries()) {
      const stamp = entry.header.stamps[index];
      const known = inherited.get(tag) ?? [];
      // An entry may have no stamp of its own tag: then the commit adopts that stamp, like those of value tags.
      const isNew = stamp !== undefined && !known.includes(stamp);
      inherited.set(tag, isNew ? [...known, stamp] : known);
    }
  }
  return inherited;
}

/** Text of an entry after its stamps; without the body if the stored entry's body is reused. */
export function restOf({ unchanged }: Load, entry: Entry): string {
  const rest = encodeRest(entry);
  return unchanged ? rest.slice(0, rest.length - entry.body.length) : rest;
}

/** Request to store an entry, under the conditions of the fence. */
export function commitRequest(
  engine: Engine,
  effort: Leased,
  load: Load,
  { entry, rest }: { entry: Entry; rest: string },
): CommitRequest {
  const { read, lease } = effort;
  const { keys, resource } = read;
  const { header } = entry;
  const untilMs = Math.max(header.freshUntilMs, header.staleUntilMs, header.errorUntilMs);
  const nowMs = engine.clock.now();
  const entryTtlMs = Math.max(1, Math.ceil(untilMs - nowMs));
  const { budget } = load.options;
  return {
    entryKey: keys.entryKey,
    leaseKey: keys.leaseKey,
    token: lease.token,
    id: storedId(entry.id),
    rest,
    bodyOfId: load.unchanged ? storedId(load.unchanged.id) : null,
    entryTtlMs,
    stamps: rulesOf(engine, effort, load, { entry, ageMs: nowMs - header.createdMs }),
    stampTtlMs: Math.max(entryTtlMs, memoryMs({ ...resource, ...load.options })) + STAMP_MARGIN_MS,
    budget: budget && {
      key: `${engine.space.prefix}:budget:${budget.name}`,
      bytesPerMinute: budget.bytesPerMinute,
    },
  };
}

function rulesOf(
  { space }: Engine,
  { read: { keys }, lease }: Leased,
  load: Load,
  { entry, ageMs }: { entry: Entry; ageMs: number },
): StampRule[] {
  const { valueTags, stamps, heat } = entry.header;
  const recorded = [...keys.tags, ...(valueTags as Tag[])].map((tag, index): StampRule => {
    const key = space.stamp(tag);
    const common = { key, hold: space.hold(tag), permanent: index < PERMANENT_STAMPS };
    const stamp = stamps[index] as string;
    const given = keys.given[index];
    // A young value tolerates the invalidation of a throttled tag, so its commit tolerates it too.
    if (isSpared(given, heat, ageMs)) return { ...common, rule: "tolerate", stamp };
    // If this stamp has changed, the entry is stored as outdated: no read gets it from the store, and the next load
    // reads its heat.
    if (isSpared(given, Infinity, ageMs)) return { ...common, rule: "note", stamp };
    if (stamp !== "" || index < keys.tags.length) return { ...common, rule: "equal", stamp };
    return { ...common, rule: "adopt", stamp: sequenceOf(lease.token) };
  });
  const compared = [...inheritedStamps(load)].flatMap(([tag, all]) =>
    all.map((stamp) => compare(space.stamp(tag), stamp)),
  );
  const fills = space.stamp(FILLS);
  // A write in progress may be storing this entry, whatever its tags.
  const hold = space.hold(entryTag(keys.key));
  return [...recorded, ...compared, { ...compare(fills, lease.stamps.get(fills) ?? ""), hold }];
}

function compare(key: string, stamp: string): StampRule {
  // If it were marked permanent, the commit would not prolong it, although another rule may record it in the entry.
  return { key, hold: null, permanent: false, rule: "compare", stamp };
}

/** Sequence number of a lease: the first part of its token. */
function sequenceOf(token: string): string {
  return token.slice(0, token.indexOf("."));
}

/**
 * Time for which the stamps of an eventually consistent load are kept, although its value may live only for a moment:
 * otherwise the next load would find them missing, take that for a recent invalidation, and shorten its value's
 * lifetime too.
 */
function memoryMs({
  consistency,
  freshMs,
  staleIfErrorMs,
}: Pick<AnyResource, "consistency" | "freshMs" | "staleIfErrorMs">): number {
  return consistency === "eventual" ? freshMs + staleIfErrorMs : 0;
}

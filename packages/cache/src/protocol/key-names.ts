import { crc32 } from "node:zlib";
import type { AnyResource, ThrottledTag } from "../resource.ts";
import type { Tag } from "../tag.ts";

/** Tag of every entry there is. */
export const EVERYTHING = "@all" as Tag;

/** Tag of every load under way: invalidating it refuses what they would store, and leaves what is stored alone. */
export const FILLS = "@fills" as Tag;

/** Tag of every entry of a resource: invalidating it drops them all with one write. */
export function resourceTag(name: string): Tag {
  return `@resource:${name}` as Tag;
}

/**
 * Tag of a single entry, for removals that must leave a trace: processes that hold the entry too do not see the entry
 * itself go, and a load that may see old data must know that there was an invalidation a moment ago.
 */
export function entryTag(key: string): Tag {
  return `@key:${key}` as Tag;
}

/** Tag beside a throttled one that only changes remove: what they hide is gone at once. */
export function changeTag(tag: Tag): Tag {
  return `@change:${tag}` as Tag;
}

/** Names of everything that one cache keeps in the store. */
export interface Keyspace {
  readonly prefix: string;
  entry: (key: string) => string;
  lease: (key: string) => string;
  stamp: (tag: Tag) => string;
  /** The mark of a change under way that hides something with this tag. */
  hold: (tag: Tag) => string;
  /** Holds the last number of the sequence that stamps and leases are made from. */
  sequence: string;
  /** Holds the time before which every change is known to be invalidated. */
  closed: string;
}

/** Entries are `<prefix>:<resource>:<key>`, stamps `<prefix>:tag:<tag>`, leases `<prefix>:lease:<resource>:<key>`; `<prefix>:seq` and `<prefix>:closed` are one key each. */
export function keyspace(prefix: string): Keyspace {
  return {
    prefix,
    entry: (key) => `${prefix}:${key}`,
    lease: (key) => `${prefix}:lease:${key}`,
    stamp: (tag) => `${prefix}:tag:${tag}`,
    hold: (tag) => `${prefix}:hold:${tag}`,
    sequence: `${prefix}:seq`,
    closed: `${prefix}:closed`,
  };
}

/** Name of the resource that keys of `getOrSet` belong to. */
export const OWN_KEYS = "kv";

/** Names of one entry in the store, and its dependencies. */
export interface EntryKeys {
  readonly key: string;
  readonly entryKey: string;
  readonly leaseKey: string;
  readonly tags: readonly Tag[];
  readonly stampKeys: readonly string[];
  /** Digest of the stamps' names. */
  readonly digest: string;
  /** Number of the stamps, the first ones, that have no end: there are few of them, and most entries depend on them. */
  readonly permanentStamps: number;
  /** For each stamp: the tag as it was given, which says when it spares entries; each way where it was given several times. */
  readonly given: readonly (readonly (Tag | ThrottledTag)[])[];
}

/** Every entry also depends on its resource and on everything; where its removal must leave a trace, on itself too. */
export function entryKeys<P>(space: Keyspace, resource: KeyedResource<P>, params: P): EntryKeys {
  const key = resource.keyFor(params);
  const leavesTrace = resource.l1TrustMs !== null || resource.consistency === "eventual";
  const own = leavesTrace ? [entryTag(key)] : [];
  const tags = new Map<Tag, (Tag | ThrottledTag)[]>();
  for (const each of [
    EVERYTHING,
    resourceTag(resource.name),
    ...own,
    ...resource.tagsFor(params),
  ]) {
    const { tag = each as Tag, exact } = each as Partial<ThrottledTag>;
    tags.set(tag, [...(tags.get(tag) ?? []), each]);
    if (exact) tags.set(exact, [exact]);
  }
  const stampKeys = Array.from(tags.keys(), space.stamp);
  return {
    key,
    entryKey: space.entry(key),
    leaseKey: space.lease(key),
    tags: [...tags.keys()],
    stampKeys,
    digest: crc32(stampKeys.join(" ")).toString(36),
    // `getOrSet` keys may make any number of resources.
    permanentStamps: resource.isDeclared ? 2 : 1,
    given: [...tags.values()],
  };
}

type KeyedResource<P> = Pick<AnyResource, "name" | "l1TrustMs" | "consistency" | "isDeclared"> & {
  readonly keyFor: (params: P) => string;
  readonly tagsFor: (params: P) => readonly (Tag | ThrottledTag)[];
};

import { crc32 } from "node:zlib";
import type { AnyResource, ThrottledTag } from "../resource.ts";
import type { Tag } from "../tag.ts";

/** Tag of every entry. */
export const EVERYTHING = "@all" as Tag;

/** Tag of all loads in progress: its invalidation keeps their values out of the store, and leaves stored entries alone. */
export const FILLS = "@fills" as Tag;

/** Tag of every entry of a resource: one write invalidates them all. */
export function resourceTag(name: string): Tag {
  return `@resource:${name}` as Tag;
}

/**
 * Tag of a single entry, for removals that must leave a trace: processes that keep a copy do not notice that the stored
 * entry is gone, and a load that may see old data must know that there was an invalidation a moment ago.
 */
export function entryTag(key: string): Tag {
  return `@key:${key}` as Tag;
}

/** Second tag of a throttled tag. Only announced changes (`change`, `set`) invalidate it: they ignore the throttle. */
export function changeTag(tag: Tag): Tag {
  return `@change:${tag}` as Tag;
}

/** Names of one cache's keys in the store, except those of byte budgets. */
export interface Keyspace {
  readonly prefix: string;
  entry: (key: string) => string;
  lease: (key: string) => string;
  stamp: (tag: Tag) => string;
  /** The hold of a tag: exists while a change of the tag is in progress. */
  hold: (tag: Tag) => string;
  /** Contains the last number of the sequence from which stamps and leases are made. */
  sequence: string;
  /** Contains the time before which every change is known to be invalidated. */
  closed: string;
}

/**
 * Entries are `<prefix>:<key>`, leases `<prefix>:lease:<key>`, where `<key>` begins with the resource's name; stamps
 * `<prefix>:tag:<tag>`, holds `<prefix>:hold:<tag>`; `<prefix>:seq` and `<prefix>:closed` are one key each.
 */
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

/** Name that the resources of all `getOrSet` keys share. */
export const OWN_KEYS = "kv";

/**
 * Number of an entry's permanent stamps: the first two, of everything and of the resource. They never expire, because
 * they are few, and most commits would have to prolong them.
 */
export const PERMANENT_STAMPS = 2;

/** Names of one entry in the store, and its dependencies. */
export interface EntryKeys {
  readonly key: string;
  readonly entryKey: string;
  readonly leaseKey: string;
  readonly tags: readonly Tag[];
  readonly stampKeys: readonly string[];
  /** Digest of `stampKeys`. */
  readonly digest: string;
  /**
   * For each stamp: its tag's declarations, which say when the tag spares entries; several if the definition gives the
   * tag several times.
   */
  readonly given: readonly (readonly (Tag | ThrottledTag)[])[];
}

/**
 * Returns the names and tags of an entry. Every entry also depends on its resource's tag and on the tag of everything; if
 * its removal must leave a trace, on its own tag too.
 */
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
    given: [...tags.values()],
  };
}

type KeyedResource<P> = Pick<AnyResource, "name" | "l1TrustMs" | "consistency"> & {
  readonly keyFor: (params: P) => string;
  readonly tagsFor: (params: P) => readonly (Tag | ThrottledTag)[];
};

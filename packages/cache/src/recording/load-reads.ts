import type { Duration } from "../duration.ts";
import type { Cache } from "../cache.ts";
import type { Tag } from "../tag.ts";

/** A set of data with a name: whatever changes in it invalidates the tag. */
export interface Scope {
  readonly tag: Tag;
  /** Names the set for people, in events and messages; no value of an item appears in it. */
  readonly words: string;
}

/** Scopes of one read, each of which covers it: the narrowest first, the widest last. */
export type ReadScopes = readonly (readonly Scope[])[];

/** A read whose tags have their stamps. */
export interface NotedRead {
  /** Makes the entry depend on scopes that were handed to `before` as reserve: the answer shows that it needs them. */
  useReserve(): void;
}

/** The cache as a load sees it: an entry that it reads there lends the new one its tags, its age and its end. */
export type CacheInLoad = Pick<Cache, "get" | "getMany">;

/** Records what one load reads, so that its entry carries the tags of that. */
export interface LoadReads {
  /**
   * Makes the stamps of what is about to be read; send the read when it has resolved. Of the scopes the narrowest is taken
   * that leaves room within the 128 tags of an entry. `reserve` gets stamps too, for `useReserve`.
   */
  before(scopes: ReadScopes, reserve?: readonly Scope[]): Promise<NotedRead>;
  /** Runs a read of a recording client: the requests that it makes are not foreign reads. */
  own<T>(read: () => T): T;
  /** Says that something read may be older than an invalidation that has arrived. */
  mayBeBehind(): void;
  /** Bounds the entry's life, in ms since the epoch. */
  endsBy(endMs: number): void;
  /** Keeps the value out of the store: something was read whose changes have no name. */
  unrecorded(why: Unrecorded, what: string): void;
  /** Allows requests to a host, `rates.example`, that no tag covers; the entry lives no longer than `ttl`. */
  allow(host: string, ttl: Duration): void;
  /** Reads of other cached views. */
  readonly cache: CacheInLoad;
}

/** Reasons for which a recorded load is not stored. */
export type Unrecorded =
  | "foreign-read"
  | "unknown-command"
  | "nothing-read"
  | "part-not-stored"
  | "stamps-failed";

import type { Duration } from "../duration.ts";
import type { Cache } from "../cache.ts";
import type { Tag } from "../tag.ts";

/** A named set of data: any change in it invalidates the tag. */
export interface Scope {
  readonly tag: Tag;
  /** Describes the set for people, in events; it contains no value of an item. */
  readonly words: string;
}

/** Alternatives for one read, the narrowest first, the widest last; the entry depends on all scopes of the chosen one. */
export type ReadScopes = readonly (readonly Scope[])[];

/** A read whose tags are recorded. */
export interface NotedRead {
  /** Makes the entry depend on the `reserve` that was passed to `before`: call it if the read's answer requires it. */
  useReserve(): void;
}

/** The cache within a load: an entry that the load reads there passes on its tags, age and expiry to the new entry. */
export type CacheInLoad = Pick<Cache, "get" | "getMany">;

/** Records what one load reads, so that its entry carries the tags of those reads. */
export interface LoadReads {
  /**
   * Creates the stamps of the data that is about to be read; send the read after the promise has resolved. Uses the
   * narrowest alternative that leaves room among the entry's tags. `reserve` scopes get stamps too, for `useReserve`.
   */
  before(scopes: ReadScopes, reserve?: readonly Scope[]): Promise<NotedRead>;
  /** Runs a read of a recording client: its requests are not foreign reads. */
  own<T>(read: () => T): T;
  /** Declares that a read may return data from before an earlier invalidation. */
  mayBeBehind(): void;
  /** Makes the entry expire at this time at the latest, in ms since the epoch. */
  endsBy(endMs: number): void;
  /** Keeps the value out of the store, because changes of what was read have no tag, or for another reason (`why`). */
  unrecorded(why: Unrecorded, what: string): void;
  /**
   * Allows requests to a host that no tag covers; the entry lives no longer than `ttl`. The host includes its port, unless
   * that is the protocol's default: `rates.example`, `127.0.0.1:8080`.
   */
  allow(host: string, ttl: Duration): void;
  /** Reads other resources. */
  readonly cache: CacheInLoad;
}

/** Reasons for not storing a recorded load. */
export type Unrecorded =
  | "foreign-read"
  | "unknown-command"
  | "nothing-read"
  | "part-not-stored"
  | "too-many-tags"
  | "stamps-failed";

/** What the cache asks of a store: seven operations, each one request and one command while it is not too large for one. */
export interface Store {
  /** Asked once by each cache that uses the store; throws when the names that begin so cannot work in it. */
  accepts?(prefix: string): void;
  /** Values of the keys, in order; null where a key is missing, has expired or is empty. All are of one moment. */
  mget(keys: readonly string[]): Promise<(string | null)[]>;
  /** Atomically, for all entries of the batch: create missing stamps, then grant each lease that is free where the entry is the one seen. */
  lease(batch: LeaseBatch): Promise<Outcome<LeaseGrant>[]>;
  /** Atomically, for each request: write the entry if the lease is still held and every stamp is as expected. */
  commit(requests: readonly CommitRequest[]): Promise<Outcome<boolean>[]>;
  /** Gives up a lease that is still ours; with `backoffMs`, nobody gets one before that time has passed. */
  release(request: ReleaseRequest): Promise<void>;
  /** Gives each stamp that is there a new second part and leaves its life as it is: its entries turn stale. */
  expire(request: ExpireRequest): Promise<void>;
  /**
   * Removes keys, up to some thousand of them at one moment, and returns how many were there. An invalidation is the removal
   * of its tags' stamps: it works in a store that is full, and repeated or late it makes nothing valid.
   */
  delete(keys: readonly string[]): Promise<number>;
  /** One step of a walk over the keys that match a glob; the walk starts at cursor "0" and is over when it is "0" again. */
  scan(request: {
    cursor: string;
    pattern: string;
    count: number;
  }): Promise<{ cursor: string; keys: string[] }>;
}

/** Stands in a lease's place after a load has failed: nobody gets the lease before it ends. */
export const BACKOFF = "backoff";

/** A result of one element of a batch. A store that has to split a batch fails the elements of a part together. */
export type Outcome<T> = { ok: true; value: T } | { ok: false; error: Error };

/**
 * What the store makes a unique name from: the next number of the sequence at `seqKey`, which it alone counts, then `random`.
 * A copy of the request that arrives late gets another number, so nothing that it makes was ever there before.
 */
export interface UniqueName {
  /** Holds the last number. When it is missing, the sequence starts at the store's clock, in microseconds. */
  seqKey: string;
  /** Random, and unique to this request. */
  random: string;
  /** The client's clock, in whole ms, for the age of what is made. */
  nowMs: number;
}

/** A stamp's name; a permanent one has no end. */
export interface StampKey {
  key: string;
  permanent: boolean;
}

/** Requests for the leases of different entries. Sent again as it is, it is granted what its first try was. */
export interface LeaseBatch extends UniqueName {
  requests: readonly LeaseRequest[];
}

export interface LeaseRequest {
  entryKey: string;
  leaseKey: string;
  leaseMs: number;
  /** Id of the entry that the reader saw; null when it saw none. */
  seenEntryId: string | null;
  stamps: readonly StampKey[];
  /** Lifetime of the stamps that are created, unless they are permanent. */
  stampTtlMs: number;
}

export interface LeaseGrant {
  granted: boolean;
  /** What the lease is held by when it is granted: `<sequence number>.<random>`, made by the store. */
  token: string;
  /** Stamps as they are now, one a key: `<sequence number>.<random>.<ms>`, made by the store. */
  stamps: string[];
  /** The entry that somebody stored since the reader looked; then no lease is granted. */
  entry: string | null;
  /** Whether the entry that the reader saw is still there: one that was deleted may not stand in for a failed load. */
  seen: boolean;
}

export interface CommitRequest {
  entryKey: string;
  leaseKey: string;
  token: string;
  entry: string;
  entryTtlMs: number;
  /** Each must be as expected; null means that it may have changed or be missing. */
  stamps: readonly (StampKey & { expected: string | null })[];
  /** How long from now each stamp lives at least: longer than the entry. */
  stampTtlMs: number;
}

export interface ReleaseRequest {
  leaseKey: string;
  token: string;
  backoffMs: number;
}

export interface ExpireRequest extends UniqueName {
  keys: readonly string[];
}

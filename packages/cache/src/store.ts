/** What the cache asks of a store: seven operations, each one request (one billed Redis command per element). */
export interface Store {
  /** Values of the keys, in order; null where a key is missing or has expired. */
  mget(keys: readonly string[]): Promise<(string | null)[]>;
  /** Atomically, for each request: create missing stamps, then grant the lease if it is free and the entry is the one seen. */
  lease(requests: readonly LeaseRequest[]): Promise<Outcome<LeaseGrant>[]>;
  /** Atomically, for each request: write the entry if the lease is still held and every stamp is as expected. */
  commit(requests: readonly CommitRequest[]): Promise<Outcome<boolean>[]>;
  /** Gives up a lease that is still ours; with `backoffMs`, nobody gets one before that time has passed. */
  release(request: ReleaseRequest): Promise<void>;
  /** Writes a new stamp for each key. With `soft`, entries that carry it turn stale instead of invalid. */
  bump(request: BumpRequest): Promise<void>;
  /** Removes keys and tells how many of them were there. */
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

/** A result of one element of a batch; one element's failure leaves its neighbours alone. */
export type Outcome<T> = { ok: true; value: T } | { ok: false; error: Error };

export interface LeaseRequest {
  entryKey: string;
  leaseKey: string;
  /** Random, and unique to this try. */
  token: string;
  /** Token of an earlier try of the same request, whose fate is unknown: if it has the lease, it loses it to this one. */
  formerToken: string | null;
  leaseMs: number;
  /** Id of the entry that the reader saw; null when it saw none. */
  seenEntryId: string | null;
  stampKeys: readonly string[];
  /** Stamps to create where one is missing, one a key. */
  freshStamps: readonly string[];
  /** Lifetime of the stamps that are created. */
  stampTtlMs: number;
}

export interface LeaseGrant {
  granted: boolean;
  /** The token that the lease is held by when it is granted: that of the try that was answered. */
  token: string;
  /** Stamps as they are now, one a key. */
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
  /** All must be there; those with an expected value are compared, null means "do not compare". */
  stamps: readonly { key: string; expected: string | null }[];
  /** How long from now each stamp lives at least: longer than the entry. */
  stampTtlMs: number;
}

export interface ReleaseRequest {
  leaseKey: string;
  token: string;
  backoffMs: number;
}

export interface BumpRequest {
  stamps: readonly { key: string; stamp: string }[];
  ttlMs: number;
  soft: boolean;
}

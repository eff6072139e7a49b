/**
 * Operations that the cache needs of a store: each is one request and one command while it is not too large for one.
 */
export interface Store {
  /** Asked once by each cache that uses the store; throws when the names that begin so cannot work in it. */
  accepts?(prefix: string): void;
  /**
   * Values of the keys, in order; null where a key is missing, has expired or is empty. All are of one moment. With
   * "any" a replica may answer that lags behind; else they are those of the primary, where writes go.
   */
  mget(keys: readonly string[], from?: Reads): Promise<(string | null)[]>;
  /** A look at one entry for a client that has copies of it, by the primary. */
  revalidate(request: RevalidateRequest): Promise<(string | null)[]>;
  /** Atomically, for all entries of the batch: create missing stamps, then grant each lease that is free where the entry is the one seen. */
  lease(batch: LeaseBatch): Promise<Outcome<LeaseGrant>[]>;
  /** Atomically: create the stamps that are missing, and return all of them in order. Sent again it changes nothing. */
  stamps(request: StampsRequest): Promise<string[]>;
  /** Atomically, for each request: write the entry if the lease is still held, no tag is on hold and every stamp is as expected. */
  commit(batch: CommitBatch): Promise<Outcome<CommitResult>[]>;
  /** Atomically: put the tags of a change on hold and remove their stamps; take the lease of the entry that it will store. */
  begin(request: BeginRequest): Promise<BeginResult>;
  /** Atomically: remove the stamps again and end the holds; store the entry if nothing else has happened to it, else remove it. */
  end(request: EndRequest): Promise<{ stored: boolean }>;
  /** Advances the closed timestamp; removes the stamp of everything from a store that was rolled back. */
  beat(request: BeatRequest): Promise<BeatResult>;
  /** Gives up a lease that is still ours; with `backoffMs`, the lease is denied to all until that time has passed. */
  release(request: ReleaseRequest): Promise<void>;
  /** Gives each stamp that is there a new second part and leaves its life as it is: its entries turn stale. */
  expire(request: ExpireRequest): Promise<void>;
  /**
   * Removes keys, up to some thousand of them at one moment, and returns how many were there. An invalidation is the removal
   * of its tags' stamps: it works in a store that is full, and repeated or late it makes nothing valid.
   */
  delete(keys: readonly string[]): Promise<number>;
  /**
   * One step of a walk over the keys that match a glob, where writes go; the walk starts at cursor "0" and is over when it is
   * "0" again. What is to be removed goes first.
   */
  walk(request: WalkRequest): Promise<{ cursor: string; keys: string[] }>;
}

/** Node that answers a look: the primary, to which writes go, or any replica. */
export type Reads = "primary" | "any";

/**
 * A look that spares the body where a client's copy is as good. Its answer has the values of all keys, as of one moment; but
 * where the header of the entry has one of the ETags, and its stamps are those in force, the entry's text without stamps and
 * body, and the values of the keys behind the stamps.
 */
export interface RevalidateRequest {
  /** Names of the entry, of its stamps in their order, and others. */
  keys: readonly string[];
  stampCount: number;
  /** Texts, one of which an entry's header has when the client has a copy of its body. */
  etags: readonly string[];
}

/** Stands in a lease's place after a load has failed: the lease is denied to all until it ends. */
export const BACKOFF = "backoff";

/** A result of one element of a batch. A store that has to split a batch fails the elements of a part together. */
export type Outcome<T> = { ok: true; value: T } | { ok: false; error: Error };

/**
 * Parts of a unique name: the next number of the sequence at `seqKey`, which only the store counts, then `random`.
 * A copy of the request that arrives late gets another number, so nothing that it makes was ever there before.
 */
export interface UniqueName {
  /** Holds the last number. When it is missing, the sequence starts at the store's clock, in microseconds. */
  seqKey: string;
  /** Random, and unique to this request. */
  random: string;
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
  /** Takes the lease whoever has it, and whatever entry is there. */
  force: boolean;
  stamps: readonly StampKey[];
  /** Lifetime of the stamps that are created, unless they are permanent. */
  stampTtlMs: number;
}

export interface LeaseGrant {
  granted: boolean;
  /** Token that holds the granted lease: `<sequence number>.<random>`, made by the store. */
  token: string;
  /** The store's clock, in ms: the only one by which the ages of stamps are judged. */
  atMs: number;
  /** Stamps as they are now, one a key: `<sequence number>.<random>.<ms>`, made by the store, with its time rounded up. */
  stamps: string[];
  /** Entry that another reader stored since this one looked; then no lease is granted. */
  entry: string | null;
  /**
   * True when the entry that the reader saw is still there: one that was deleted may not stand in for a failed load.
   */
  seen: boolean;
}

/** Stamps of what a load is about to read. */
export interface StampsRequest extends UniqueName {
  keys: readonly string[];
  /** Lifetime of the stamps that are created. */
  stampTtlMs: number;
}

export interface CommitBatch extends UniqueName {
  requests: readonly CommitRequest[];
}

export interface CommitRequest {
  entryKey: string;
  leaseKey: string;
  token: string;
  /** Id of the entry as its text starts with it. */
  id: string;
  /** Text of the entry after the line of stamps. */
  rest: string;
  /** Id of the entry in place whose body is taken over, when `rest` has none: the value has not changed. */
  bodyOfId: string | null;
  entryTtlMs: number;
  stamps: readonly StampRule[];
  /** Least lifetime of each stamp from now: longer than the entry's. */
  stampTtlMs: number;
  /** Bound of what entries that share its key add in a minute. Default: none. */
  budget?: ByteBudget | undefined;
}

/** Bytes of entries that may be stored in a minute for their whole lifetime; what comes on top lives 10 s at most. */
export interface ByteBudget {
  /** Counts the bytes, for a minute. */
  key: string;
  bytesPerMinute: number;
}

/**
 * Condition of a commit on a stamp. `equal`: it is the given one. `tolerate`: it may be another one or gone; the given
 * one is recorded. `note`: as `tolerate`, and then the entry is `outdated`. `adopt`: it was there when the lease drew the given number, or is made now, and then the entry is
 * not stored. `compare`: as `equal`, but it is not recorded in the entry.
 */
export interface StampRule extends StampKey {
  /** Name of the tag's hold: while one is there, nothing is stored. */
  hold: string | null;
  rule: "equal" | "tolerate" | "note" | "adopt" | "compare";
  stamp: string;
}

/**
 * `refused`: the lease has gone or a stamp is another one. `unfenced`: the stamp of a value's tag came after the lease.
 * `over-budget`: stored, for 10 s at most. `outdated`: stored, and older than the invalidation of a tag that it should only note.
 */
export interface CommitResult {
  state: "stored" | "refused" | "unfenced" | "over-budget" | "outdated";
  /** The stamps recorded in the entry, in the order of their rules. */
  stamps: string[];
}

/** A change of the data that is announced before it is made. */
interface ChangeRequest extends UniqueName {
  /** Unique to the change. */
  id: string;
  /** Names of its tags' stamps, and of their holds in the same order. */
  stampKeys: readonly string[];
  holdKeys: readonly string[];
}

export interface BeginRequest extends ChangeRequest {
  /** Hold of the tags unless the change ends before: longer than the longest write and the longest lease together. */
  holdMs: number;
  /** The entry that the change will store, its present one is removed. */
  entry: Omit<LeaseRequest, "seenEntryId" | "force"> | null;
}

/** Lease of the entry, when one was requested. */
export interface BeginResult {
  token: string;
  stamps: string[];
}

export interface EndRequest extends ChangeRequest {
  /** The entry that the write is of: removed with its lease, whoever has that, unless it is stored. */
  target: Pick<PrimedEntry, "entryKey" | "leaseKey"> | null;
  entry: PrimedEntry | null;
}

/** An entry that a change stores: with the stamps that `begin` gave, and while no other change holds one of its tags. */
export interface PrimedEntry extends Omit<CommitRequest, "stamps" | "bodyOfId" | "budget"> {
  stamps: readonly (StampKey & { stamp: string })[];
  /** Stamps that must be as they were, and are not recorded. */
  compare: readonly { key: string; stamp: string }[];
  /** Holds of its tags. */
  holds: readonly string[];
}

export interface BeatRequest {
  closedKey: string;
  /** Stamp of everything, removed after a roll-back. */
  stampKey: string;
  /** The value that the last beat left; null before the first one. */
  expected: string | null;
  /** Every change before it has been invalidated, in ms since the epoch. */
  closedMs: number;
  random: string;
}

/** `cleared`: the store did not hold what the last beat left. `late`: it holds what a later beat left, and nothing was done. */
export interface BeatResult {
  state: "advanced" | "cleared" | "late";
  value: string;
}

export interface WalkRequest {
  cursor: string;
  pattern: string;
  count: number;
  remove: readonly string[];
}

export interface ReleaseRequest {
  leaseKey: string;
  token: string;
  backoffMs: number;
}

export interface ExpireRequest extends UniqueName {
  keys: readonly string[];
}

/** Operations that the cache needs of a store: each is one request and one command unless it is too large for one. */
export interface Store {
  /** Called once by each cache that uses the store; throws if names with this prefix cannot work in it. */
  accepts?(prefix: string): void;
  /**
   * Values of the keys, in order; null where a key is missing, has expired or is empty. All are from one point in time.
   * With "any" a replica may answer, which may lag behind; otherwise the primary answers, where writes go.
   */
  mget(keys: readonly string[], from?: Reads): Promise<(string | null)[]>;
  /**
   * A look at entries whose value tags the reader does not know. It also returns the stamps of the tags that the entries'
   * headers name. The primary answers.
   */
  follow(request: FollowRequest): Promise<Followed>;
  /** A look at one entry for a client that has copies of it, answered by the primary. */
  revalidate(request: RevalidateRequest): Promise<(string | null)[]>;
  /**
   * Atomically, unless the batch has to be split: creates missing stamps, then grants each lease that is free if the entry
   * is the one that the reader saw.
   */
  lease(batch: LeaseBatch): Promise<Outcome<LeaseGrant>[]>;
  /** Atomically: creates the stamps that are missing, and returns all of them in order. Idempotent. */
  stamps(request: StampsRequest): Promise<string[]>;
  /**
   * Atomically, for each request: writes the entry if the lease is still held, no tag is on hold and every stamp is as
   * expected.
   */
  commit(batch: CommitBatch): Promise<Outcome<CommitResult>[]>;
  /**
   * Atomically: puts the tags of a change on hold and removes their stamps; takes the lease of the entry that the change
   * will store.
   */
  begin(request: BeginRequest): Promise<BeginResult>;
  /**
   * Atomically: removes the stamps again and ends the holds that no other change shares; stores the entry if nothing else
   * has happened to it, otherwise removes it.
   */
  end(request: EndRequest): Promise<{ stored: boolean }>;
  /** Advances the closed timestamp; in a store that was rolled back, removes the stamp of the tag that all entries have. */
  beat(request: BeatRequest): Promise<BeatResult>;
  /** Releases a lease if the token still holds it; with `backoffMs`, no reader gets the lease until that time has passed. */
  release(request: ReleaseRequest): Promise<void>;
  /** Gives each existing stamp a new second part and keeps the stamp's lifetime: entries with it are no longer fresh. */
  expire(request: ExpireRequest): Promise<void>;
  /**
   * Removes keys, up to several thousand of them atomically, and returns how many existed. An invalidation is the removal
   * of its tags' stamps: it works in a store that is full, and a repeated or late copy of it makes nothing valid.
   */
  delete(keys: readonly string[]): Promise<number>;
  /**
   * One step of a walk over the keys that match a glob, on the primary; the walk starts at cursor "0" and ends when it is
   * "0" again. The keys to remove are removed first.
   */
  walk(request: WalkRequest): Promise<{ cursor: string; keys: string[] }>;
}

/** Node that answers a look: the primary, or any node, which may be a replica. */
export type Reads = "primary" | "any";

export interface FollowRequest {
  /** Names of the entries, then other names. */
  keys: readonly string[];
  entryCount: number;
  /** The name of a tag's stamp is this text, followed by the tag. */
  stampPrefix: string;
}

/** All values are from one point in time. */
export interface Followed {
  /** Values of the keys, in order, as `mget` returns them. */
  values: (string | null)[];
  /** For each entry the stamps of the tags that its header names, in order; none if the store cannot read the header. */
  stamps: (string | null)[][];
}

/**
 * A look that omits the body if a client's copy is current. Normally it returns the values of all keys, from one point in
 * time. If the header of the entry has one of the ETags and its stamps are current, it returns the entry's text without
 * stamps and body, and the values of the keys after the stamps.
 */
export interface RevalidateRequest {
  /** Names of the entry, of its stamps in their order, and of other keys. */
  keys: readonly string[];
  stampCount: number;
  /** Texts that name ETags: the header of an entry contains one of them if the client has a copy of its body. */
  etags: readonly string[];
}

/** Value in place of a lease after a failed load: no reader gets the lease until it expires. */
export const BACKOFF = "backoff";

/** Result for one element of a batch. A store that has to split a batch fails the elements of a part together. */
export type Outcome<T> = { ok: true; value: T } | { ok: false; error: Error };

/**
 * Parts of a unique name: the next number of the sequence at `seqKey`, which only the store counts, then `random`. A late
 * copy of the request gets another number, so the names that it makes never existed before.
 */
export interface UniqueName {
  /** Contains the last number. When it is missing, the sequence starts at the store's clock, in microseconds. */
  seqKey: string;
  /** Random, and unique to this request. */
  random: string;
}

/** A stamp's name; a permanent one never expires. */
export interface StampKey {
  key: string;
  permanent: boolean;
}

/** Requests for the leases of different entries. The same request sent again is granted the leases of its first attempt. */
export interface LeaseBatch extends UniqueName {
  requests: readonly LeaseRequest[];
}

export interface LeaseRequest {
  entryKey: string;
  leaseKey: string;
  leaseMs: number;
  /** Id, as its text starts with it, of the entry that the reader saw; null if it saw none. */
  seenEntryId: string | null;
  /** Takes the lease from any holder, whatever entry is stored. */
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
  /** Current stamps, one for each key: `<sequence number>.<random>.<ms>`, made by the store, with its time rounded up. */
  stamps: string[];
  /** Text of an entry that the reader's look did not show; then no lease is granted. */
  entry: string | null;
  /** If granted: the entry that the reader saw still exists. A deleted one may not be served when the load fails. */
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
  /** Id of the entry, as its text starts with it. */
  id: string;
  /** Text of the entry after the line of stamps. */
  rest: string;
  /** Id, in the same form, of the stored entry whose body is reused if `rest` has none: the value has not changed. */
  bodyOfId: string | null;
  entryTtlMs: number;
  stamps: readonly StampRule[];
  /** Least lifetime of each stamp from now: longer than the entry's. */
  stampTtlMs: number;
  /** Limit for what entries that share its key add in a minute. Default: none. */
  budget?: ByteBudget | undefined;
}

/** Bytes of entries that may be stored in a minute for their whole lifetime; entries beyond them live 10 s at most. */
export interface ByteBudget {
  /** Name of the key that counts the bytes, for a minute. */
  key: string;
  bytesPerMinute: number;
}

/**
 * Condition of a commit on a stamp. `equal`: it is the given one. `tolerate`: it may have changed or be missing; the given
 * one is recorded. `note`: like `tolerate`, and a changed stamp makes the entry `outdated`. `adopt`: it existed when the
 * lease drew the given number, and is recorded; otherwise the entry is not stored, and a missing stamp is created.
 * `compare`: like `equal`, but it is not recorded in the entry.
 */
export interface StampRule extends StampKey {
  /** Name of the tag's hold: while the hold exists, nothing is stored. */
  hold: string | null;
  rule: "equal" | "tolerate" | "note" | "adopt" | "compare";
  stamp: string;
}

/**
 * `refused`: the lease is gone, a stamp is missing or has changed, a tag is on hold, or the entry `bodyOfId` is no longer
 * stored. `unfenced`: the stamp of a value tag was missing, or is newer than the lease. `over-budget`: stored, for 10 s at
 * most. `outdated`: stored, and older than the invalidation of a tag with the rule `note`.
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
  /** Names of the stamps of its tags, and of their holds in the same order. */
  stampKeys: readonly string[];
  holdKeys: readonly string[];
}

export interface BeginRequest extends ChangeRequest {
  /** Lifetime of the holds unless the change ends them: longer than the longest write and the longest lease together. */
  holdMs: number;
  /** The entry that the change will store; the existing one is removed. */
  entry: Omit<LeaseRequest, "seenEntryId" | "force"> | null;
}

/** Token of the entry's lease, and the entry's stamps; both empty if the change stores no entry. */
export interface BeginResult {
  token: string;
  stamps: string[];
}

export interface EndRequest extends ChangeRequest {
  /** The entry that the write concerns: unless it is stored, it is removed with its lease, whoever holds that. */
  target: Pick<PrimedEntry, "entryKey" | "leaseKey"> | null;
  entry: PrimedEntry | null;
}

/**
 * An entry that a change stores: only while its stamps are those that `begin` returned, and no other change holds one of
 * its tags. The stamps of the change's own tags are then replaced by new ones.
 */
export interface PrimedEntry extends Omit<CommitRequest, "stamps" | "bodyOfId" | "budget"> {
  stamps: readonly (StampKey & { stamp: string })[];
  /** Stamps that must be unchanged, and are not recorded. */
  compare: readonly { key: string; stamp: string }[];
  /** Holds of its tags. */
  holds: readonly string[];
}

export interface BeatRequest {
  closedKey: string;
  /** Stamp of the tag that all entries have; removed after a roll-back. */
  stampKey: string;
  /** The value that the last beat left; null before the first one. */
  expected: string | null;
  /** Every change before this time has been invalidated, in ms since the epoch. */
  closedMs: number;
  random: string;
}

/**
 * `cleared`: the store did not contain what the last beat left, or has restarted since. `late`: the store contains what
 * a later beat left, and nothing was done.
 */
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

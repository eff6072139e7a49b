import type {
  CommitBatch,
  CommitRequest,
  CommitResult,
  LeaseBatch,
  LeaseGrant,
  LeaseRequest,
  Store,
} from "../../store.ts";

/** A store to be tested. */
export interface StoreUnderTest {
  store: Store;
  /** Lets time pass for the store: a virtual clock's `advance`, or a real delay. */
  wait: (ms: number) => Promise<void>;
  /** Writes a value of another type under a key. Without it, such values are not tested. */
  spoil?: (key: string) => Promise<void>;
  /** Writes any text under a key, as a foreign program would. Without it, such values are not tested. */
  put?: (key: string, text: string) => Promise<void>;
}

/** The part of a test framework that the suite needs; vitest, jest and `node:test` with any `expect` fit. */
export interface TestTools {
  test: (name: string, run: () => Promise<void>) => void;
  expect: (actual: unknown) => { toEqual: (expected: unknown) => void };
}

export type Expect = TestTools["expect"];

/** Subject of a rule: a store, and names that no other rule uses. */
export interface Subject extends StoreUnderTest {
  entry: string;
  lease: string;
  /** Names of two stamps; the first one is permanent: it has no expiry. */
  stamps: string[];
  sequence: string;
}

/** A rule for every store, in words and as a check. */
export type Rule = readonly [
  name: string,
  check: (subject: Subject, expect: Expect) => Promise<void>,
];

/** Long enough not to expire within a test, in ms. */
export const LONG_MS = 600_000;
/** Short enough to wait for, but longer than any request takes, in ms. */
export const SHORT_MS = 400;

/** An entry's id, as it starts the entry's text. */
export function idOf(id: string): string {
  return `2.${id.padEnd(22, "-")}`;
}

/** Text of an entry after its id and stamps. */
export function restOf(body = "{}"): string {
  return `["header"]\n${body}`;
}

/** An entry's text as a store writes it. */
export function textOf(id: string, stamps: readonly string[], body?: string): string {
  return `${idOf(id)}\n${stamps.join(" ")}\n${restOf(body)}`;
}

type Names = Pick<Subject, "entry" | "lease" | "stamps">;

export function leaseRequest(
  { entry, lease, stamps }: Names,
  changes: Partial<LeaseRequest> = {},
): LeaseRequest {
  return {
    entryKey: entry,
    leaseKey: lease,
    leaseMs: LONG_MS,
    seenEntryId: null,
    force: false,
    stamps: stamps.map((key, index) => ({ key, permanent: index === 0 })),
    stampTtlMs: LONG_MS,
    ...changes,
  };
}

export function leaseBatch(
  { sequence }: Subject,
  random: string,
  requests: readonly LeaseRequest[],
): LeaseBatch {
  return { seqKey: sequence, random, requests };
}

export function commitRequest(
  { entry, lease, stamps }: Names,
  id: string,
  grant: Pick<LeaseGrant, "token" | "stamps">,
  changes: Partial<CommitRequest> = {},
): CommitRequest {
  return {
    entryKey: entry,
    leaseKey: lease,
    token: grant.token,
    id: idOf(id),
    rest: restOf(),
    bodyOfId: null,
    entryTtlMs: LONG_MS,
    stamps: stamps.map((key, index) => ({
      key,
      permanent: index === 0,
      hold: `${key}:hold`,
      rule: "equal",
      stamp: grant.stamps[index] ?? "",
    })),
    stampTtlMs: LONG_MS,
    ...changes,
  };
}

/** Requests one lease, and returns the outcome. */
export async function askLease(
  subject: Subject,
  random: string,
  changes: Partial<LeaseRequest> = {},
): Promise<LeaseGrant> {
  const requests = [leaseRequest(subject, changes)];
  const [outcome] = await subject.store.lease(leaseBatch(subject, random, requests));
  if (!outcome?.ok) throw outcome?.error ?? new Error("no outcome");
  return outcome.value;
}

/** Commits one entry, and returns the outcome. */
export async function askCommit(
  subject: Subject,
  id: string,
  grant: Pick<LeaseGrant, "token" | "stamps">,
  changes?: Partial<CommitRequest>,
): Promise<CommitResult> {
  const requests = [commitRequest(subject, id, grant, changes)];
  const [outcome] = await subject.store.commit(commitBatch(subject, id, requests));
  if (!outcome?.ok) throw outcome?.error ?? new Error("no outcome");
  return outcome.value;
}

export function commitBatch(
  { sequence }: Subject,
  random: string,
  requests: readonly CommitRequest[],
): CommitBatch {
  return { seqKey: sequence, random, requests };
}

/** Stores an entry, and returns the lease under which it was stored. */
export async function fill(subject: Subject, id: string, body?: string): Promise<LeaseGrant> {
  const grant = await askLease(subject, id);
  const { state } = await askCommit(subject, id, grant, { rest: restOf(body) });
  if (state !== "stored") throw new Error("the entry was refused");
  return grant;
}

import type { CommitRequest, LeaseBatch, LeaseGrant, LeaseRequest, Store } from "../../store.ts";

/** A store to be tested. */
export interface StoreUnderTest {
  store: Store;
  /** Lets time pass for the store: a virtual clock's `advance`, or a real delay. */
  wait: (ms: number) => Promise<void>;
  /** Puts a value of another type under a key. Without it, what becomes of one is not tested. */
  spoil?: (key: string) => Promise<void>;
}

/** The part of a test framework that the suite needs; vitest, jest and `node:test` with any `expect` fit. */
export interface TestTools {
  test: (name: string, run: () => Promise<void>) => void;
  expect: (actual: unknown) => { toEqual: (expected: unknown) => void };
}

export type Expect = TestTools["expect"];

/** What a rule is checked on: a store, and names that no other rule uses. */
export interface Subject extends StoreUnderTest {
  entry: string;
  lease: string;
  /** The first one is permanent. */
  stamps: string[];
  sequence: string;
}

/** Something that every store must do, in words and as a check. */
export type Rule = readonly [
  name: string,
  check: (subject: Subject, expect: Expect) => Promise<void>,
];

/** Long enough not to end in a test, in ms. */
export const LONG_MS = 600_000;
/** Short enough to wait for, and longer than any request takes. */
export const SHORT_MS = 400;

/** An entry's text as the cache writes it: its first line tells it from every other one. */
export function entryText(id: string, body = "{}"): string {
  return `2.${id.padEnd(22, "-")}\n["header"]\n${body}`;
}

export function seenId(text: string): string {
  return text.slice(0, text.indexOf("\n"));
}

/** The time of every request, in ms: stamps carry it. */
export const NOW_MS = 1_700_000_000_000;

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
  return { seqKey: sequence, random, nowMs: NOW_MS, requests };
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
    entry: entryText(id),
    entryTtlMs: LONG_MS,
    stamps: stamps.map((key, index) => ({
      key,
      permanent: index === 0,
      expected: grant.stamps[index] ?? null,
    })),
    stampTtlMs: LONG_MS,
    ...changes,
  };
}

/** Asks for one lease, and gives what came back. */
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

/** Commits one entry, and tells whether it was stored. */
export async function askCommit(
  subject: Subject,
  id: string,
  grant: Pick<LeaseGrant, "token" | "stamps">,
  changes?: Partial<CommitRequest>,
): Promise<boolean> {
  const [outcome] = await subject.store.commit([commitRequest(subject, id, grant, changes)]);
  if (!outcome?.ok) throw outcome?.error ?? new Error("no outcome");
  return outcome.value;
}

/** Stores an entry, and gives the lease under which that was done. */
export async function fill(subject: Subject, id: string): Promise<LeaseGrant> {
  const grant = await askLease(subject, id);
  if (!(await askCommit(subject, id, grant))) throw new Error("the entry was refused");
  return grant;
}

/** Puts an entry into the store under any name, whatever was there. */
export async function put(subject: Subject, key: string, text: string): Promise<void> {
  const place = { ...subject, entry: key, lease: `${key}:put`, stamps: [] };
  await subject.store.delete([key]);
  await askCommit(place, "put", await askLease(place, "put"), { entry: text });
}

import type { CommitRequest, LeaseRequest, Store } from "../../store.ts";

/** A store to be tested. */
export interface StoreUnderTest {
  store: Store;
  /** Lets time pass for the store: a virtual clock's `advance`, or a real delay. */
  wait: (ms: number) => Promise<void>;
  /** Makes every use of a key fail, by a value of another type for instance. Without it, failures are not tested. */
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
  stamps: string[];
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
  return `1.${id.padEnd(22, "-")}\n["header"]\n${body}`;
}

export function seenId(text: string): string {
  return text.slice(0, text.indexOf("\n"));
}

export function leaseRequest(
  { entry, lease, stamps }: Pick<Subject, "entry" | "lease" | "stamps">,
  token: string,
  changes: Partial<LeaseRequest> = {},
): LeaseRequest {
  return {
    entryKey: entry,
    leaseKey: lease,
    token,
    formerToken: null,
    leaseMs: LONG_MS,
    seenEntryId: null,
    stampKeys: stamps,
    freshStamps: stamps.map((_, index) => `1.${token}${index}`),
    stampTtlMs: LONG_MS,
    ...changes,
  };
}

export function commitRequest(
  { entry, lease, stamps }: Pick<Subject, "entry" | "lease" | "stamps">,
  token: string,
  changes: Partial<CommitRequest> = {},
): CommitRequest {
  return {
    entryKey: entry,
    leaseKey: lease,
    token,
    entry: entryText(token),
    entryTtlMs: LONG_MS,
    stamps: stamps.map((key, index) => ({ key, expected: `1.${token}${index}` })),
    stampTtlMs: LONG_MS,
    ...changes,
  };
}

/** Asks for one lease, and gives what came back. */
export async function askLease(subject: Subject, token: string, changes?: Partial<LeaseRequest>) {
  const [outcome] = await subject.store.lease([leaseRequest(subject, token, changes)]);
  if (!outcome?.ok) throw outcome?.error ?? new Error("no outcome");
  return outcome.value;
}

/** Commits one entry, and tells whether it was stored. */
export async function askCommit(subject: Subject, token: string, changes?: Partial<CommitRequest>) {
  const [outcome] = await subject.store.commit([commitRequest(subject, token, changes)]);
  if (!outcome?.ok) throw outcome?.error ?? new Error("no outcome");
  return outcome.value;
}

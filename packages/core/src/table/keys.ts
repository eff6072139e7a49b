import { escapeKeyPart } from "./key-part.ts";

/** Primary key of an item: partition and sort key. */
export interface Key {
  readonly pk: string;
  readonly sk: string;
}

/**
 * Number of problems whose heads share one partition key, and whose bodies share another: a few strongly consistent
 * queries then read the whole catalogue.
 */
export const PROBLEMS_PER_PARTITION = 1_000;

/** Ids are written with this many digits, so that their order as text is their numeric order. */
const ID_DIGITS = 12;

const digits = (id: number): string => String(id).padStart(ID_DIGITS, "0");

/** Number in the partition keys of a problem's head and body. */
export const partitionOf = (id: number): number => Math.floor(id / PROBLEMS_PER_PARTITION);

export type CounterName = "problem" | "test_case" | "history" | "user";

/** Feeds of `/history/`: the public one, and one user's public and private executions. */
export type Feed = { kind: "public" } | { kind: "own_public" | "own_private"; sub: string };

const feedPk = (feed: Feed): string =>
  feed.kind === "public"
    ? "FEED#PUBLIC"
    : `FEED#${feed.kind.toUpperCase()}#${escapeKeyPart(feed.sub)}`;

/** The partition key of a feed's item by its number: an execution's id, or a counter's shard. */
function partOfFeed(feed: Feed, number: number): string {
  return feed.kind === "public" ? `${feedPk(feed)}#${number % FEED_PARTITIONS}` : feedPk(feed);
}

/**
 * Number of partition keys for the entries and the counters of the public feed: DynamoDB writes at most 1,000 units a
 * second under one, of which an execution costs 2 for its entry and 2 for its counter; and every page reads all of them.
 */
export const FEED_PARTITIONS = 8;

/**
 * Number of counters of a problem's executions. An execution changes one of them, in its transaction. With 16 counters, 500
 * executions a second of one problem need 1.2 attempts each (a simulation with 8 ms per transaction).
 */
export const RUN_SHARDS = 16;

/** Every key of the table. Outside text is escaped, so no two items share a key. */
export const keys = {
  counter: (name: CounterName): Key => ({ pk: `COUNTER#${name}`, sk: "COUNTER" }),

  problem: (id: number): Key => ({ pk: pks.problems(partitionOf(id)), sk: digits(id) }),
  problemBody: (id: number): Key => ({ pk: pks.problemBodies(partitionOf(id)), sk: digits(id) }),
  problemKey: (platform: string, problemId: string): Key => ({
    pk: `PROBLEMKEY#${escapeKeyPart(platform)}#${escapeKeyPart(problemId)}`,
    sk: "KEY",
  }),

  /** A counter of a problem's executions: an execution's id determines its shard. */
  problemRuns: (problemId: number, shard: number): Key => ({
    pk: pks.problemRuns(problemId),
    sk: String(shard).padStart(2, "0"),
  }),

  testCases: (problemId: number): Key => ({ pk: pks.testCases(problemId), sk: "TESTCASES" }),
  testCase: (problemId: number, id: number): Key => ({
    pk: pks.testCases(problemId),
    sk: `TESTCASE#${digits(id)}`,
  }),

  history: (id: number): Key => ({ pk: `HISTORY#${id}`, sk: "HISTORY" }),
  historyDetail: (id: number): Key => ({ pk: `HISTORY#${id}`, sk: "DETAIL" }),
  feedEntry: (feed: Feed, id: number): Key => ({ pk: pks.feedEntries(feed, id), sk: digits(id) }),
  /** Counts the newest executions of a feed, by groups of ids; a group of the public feed has several counters. */
  feedCounter: (feed: Feed, group: number, shard: number): Key => ({
    pk: pks.feedCounters(feed, shard),
    sk: `${COUNTER_PREFIX}${digits(group)}#${String(shard).padStart(2, "0")}`,
  }),
  /** A node of a tree that counts the older executions of a feed. */
  feedNode: (feed: Feed, level: number, index: number): Key => ({
    pk: feedPk(feed),
    sk: `COUNTS#NODE#${level}#${digits(index)}`,
  }),

  user: (sub: string): Key => ({ pk: `USER#${escapeKeyPart(sub)}`, sk: "USER" }),
  userStats: (sub: string): Key => ({ pk: `USER#${escapeKeyPart(sub)}`, sk: "STATS" }),
  /** Records that a user has executed a problem. */
  userProblem: (sub: string, problemId: number): Key => ({
    pk: `USER#${escapeKeyPart(sub)}`,
    sk: `PROBLEM#${digits(problemId)}`,
  }),
  /** Records the format of the table's items. */
  format: (): Key => ({ pk: "FORMAT", sk: "FORMAT" }),
  invalidationJob: (id: string): Key => ({ pk: `INVALIDATION#${id}`, sk: "JOB" }),
  probe: (number: number): Key => ({ pk: `PROBE#${number}`, sk: "PROBE" }),
  beat: (): Key => ({ pk: "BEAT", sk: "BEAT" }),
  experiment: (view: string): Key => ({ pk: pks.experiments, sk: escapeKeyPart(view) }),
  /** Records that a user was active on a day (`2025-10-07`). */
  userActive: (day: string, sub: string): Key => ({ pk: pks.active(day), sk: escapeKeyPart(sub) }),
} as const;

export const COUNTER_PREFIX = "COUNTS#GROUP#";

/** Partition keys whose items are read together, all or a range. */
export const pks = {
  /** The nodes of a feed; for a user's feed also its entries and counters. */
  feed: feedPk,
  feedEntries: partOfFeed,
  feedCounters: partOfFeed,
  /** Every partition key under which a feed has entries. */
  feedParts: (feed: Feed): string[] =>
    feed.kind === "public"
      ? Array.from({ length: FEED_PARTITIONS }, (_, part) => partOfFeed(feed, part))
      : [feedPk(feed)],
  problems: (partition: number): string => `PROBLEMS#${partition}`,
  problemBodies: (partition: number): string => `BODIES#${partition}`,
  problemRuns: (problemId: number): string => `RUNS#${problemId}`,
  testCases: (problemId: number): string => `PROBLEM#${problemId}`,
  active: (day: string): string => `ACTIVE#${day}`,
  experiments: "EXPERIMENTS",
} as const;

/** Sort keys of a feed's entries from one id to another, by default to the last; the counts sort after them. */
export const feedIds = (first: number, last = 10 ** ID_DIGITS - 1): readonly [string, string] => [
  digits(first),
  digits(last),
];

/** Partitions of problems up to an id, newest first. */
export function partitionsUpTo(lastId: number): number[] {
  return Array.from({ length: partitionOf(lastId) + 1 }, (_, index) => partitionOf(lastId) - index);
}

import type { QueueFile, QueueName } from "./queues.ts";
import type { DEFAULT_ROUTE, pageRoutes, routes } from "./routes.ts";
import type { schedules } from "./schedules.ts";
import { SHARDS, type subscriptions } from "./subscriptions.ts";

type FileOf<Functions> = Functions[keyof Functions] extends { file: infer File extends string }
  ? File
  : never;

/** Every function, by its file under `src/`. */
export type FunctionFile =
  | `http/${FileOf<typeof routes> | FileOf<typeof pageRoutes> | typeof DEFAULT_ROUTE}`
  | FileOf<typeof subscriptions>
  | FileOf<typeof schedules>
  | QueueFile;

/** DynamoDB actions that a function may have. A transaction needs the actions of its parts and has none itself. */
export type TableAction =
  | "GetItem"
  | "BatchGetItem"
  | "Query"
  | "PutItem"
  | "UpdateItem"
  | "DeleteItem"
  | "BatchWriteItem"
  | "ConditionCheckItem";

export type LinkName = "Table" | "Redis" | "Auth";

export interface Access {
  links: readonly LinkName[];
  table: readonly TableAction[];
  /** Queues to which it sends: linked, with `sqs:SendMessage`. The right to receive comes with the subscription. */
  sends?: readonly QueueName[];
  /** Queues to which Lambda sends failures on the function's behalf: `sqs:SendMessage` without a link. */
  failuresTo?: readonly QueueName[];
  /** Reads metrics from CloudWatch: GetMetricData, which AWS cannot restrict to some metrics. */
  readsMetrics?: true;
  /** Searches the log of requests: FilterLogEvents. */
  readsRequests?: true;
  /** Reads the table's stream: GetShardIterator and GetRecords. */
  readsStream?: true;
  /** Reserved concurrency: instances set aside for this function, and its maximum. */
  reservedConcurrency?: number;
}

const nothing: Access = { links: [], table: [] };
/** Access of functions that no request waits for: the cache, and the table if there are actions on it. */
const background = (...table: TableAction[]): Access => ({
  links: table.length > 0 ? ["Table", "Redis"] : ["Redis"],
  table,
});
/** Access of functions that answer requests: with the issuer, whose tokens they accept. */
const only = (...table: TableAction[]): Access => ({
  links: [...background(...table).links, "Auth"],
  table,
});
/** A cached read: it sends refreshes of stale entries, and checks of some hits, to queues. */
const cachedRead = (...table: TableAction[]): Access => ({
  ...only(...table),
  sends: ["Refreshes", "Verifications"],
});

/** One run at a time; failed ones end in a queue for people to look at. */
const scheduled = (...table: TableAction[]): Access => ({
  ...background(...table),
  failuresTo: ["MissedRuns"],
  reservedConcurrency: 1,
});

/**
 * A problem's detail: head and body by their keys, test cases and counters by queries. A read by platform and problem
 * id gets the item of that pair first.
 */
const PROBLEM = ["GetItem", "BatchGetItem", "Query"] as const;

/** A problem and its list of test cases. */
const LISTED = ["BatchGetItem", "Query"] as const;

/** Reads and writes of an execution with the counts of its feeds. */
const EXECUTION = [
  ...PROBLEM,
  ...(["UpdateItem", "PutItem", "DeleteItem", "ConditionCheckItem"] as const),
] as const;

/** Function → its access; a forgotten one does not compile. Tests run each function with exactly this access. */
export const access: Record<FunctionFile, Access> = {
  "http/list-problems": cachedRead("GetItem", "Query"),
  "http/list-drafts": cachedRead("GetItem", "BatchGetItem", "Query"),
  "http/list-registered": cachedRead("GetItem", "BatchGetItem", "Query"),
  "http/get-problem": cachedRead(...PROBLEM),
  "http/get-problem-by-key": cachedRead(...PROBLEM),
  "http/list-test-cases": cachedRead("GetItem", "Query"),
  "http/get-account-stats": cachedRead("GetItem"),
  "http/list-history": cachedRead("GetItem", "BatchGetItem", "Query"),
  "http/get-history": cachedRead(...PROBLEM),
  "http/get-hints": cachedRead(...PROBLEM),

  "http/create-problem": only(...PROBLEM, "UpdateItem", "PutItem"),
  "http/update-problem": only(...PROBLEM, "PutItem", "UpdateItem", "DeleteItem"),
  "http/delete-problem": only("GetItem", "Query", "UpdateItem"),
  "http/delete-problem-by-key": only("GetItem", "Query", "UpdateItem"),
  // If the stored set of test cases or their count cannot be read, a query determines it, and it is written again.
  "http/add-test-cases": only(...PROBLEM, "UpdateItem", "PutItem", "BatchWriteItem"),
  "http/change-test-case": only(...LISTED, "ConditionCheckItem", "PutItem", "UpdateItem"),
  "http/remove-test-case": only(...LISTED, "UpdateItem", "PutItem", "DeleteItem"),
  // A write that opens the counters of a new group of a feed checks that the group is not in the tree already. Then it
  // moves older groups into the tree, and removes their counters.
  "http/record-history": only(...EXECUTION),
  "http/update-history": only(...EXECUTION),

  // All actions of REST's reads and writes: a document may contain any of them.
  "http/graphql": cachedRead(...EXECUTION, "BatchWriteItem"),

  "http/health": only("GetItem"),
  "http/health-live": nothing,
  "http/health-ready": only("GetItem"),
  "http/not-found": nothing,
  "http/openapi": nothing,
  "http/docs": nothing,

  "http/ops-metrics": { ...only(), readsMetrics: true, reservedConcurrency: 2 },
  "http/ops-findings": { ...only(), readsMetrics: true, reservedConcurrency: 2 },
  "http/ops-requests": { ...only(), readsRequests: true, reservedConcurrency: 2 },
  "http/ops-advice": { ...only(), readsMetrics: true, reservedConcurrency: 2 },
  "http/ops-experiments": {
    ...only("Query", "PutItem", "GetItem", "UpdateItem"),
    readsMetrics: true,
    reservedConcurrency: 2,
  },
  "http/ops-stats": { ...only(), reservedConcurrency: 2 },
  "http/ops-warm": only(...PROBLEM),
  "http/ops-keys": { ...only(), reservedConcurrency: 2 },
  "http/ops-top": only(),
  "http/ops-entry": only(),
  "http/ops-invalidate": {
    ...only("PutItem"),
    sends: ["InvalidationRequests"],
    reservedConcurrency: 2,
  },
  "http/ops-invalidation": only("GetItem"),
  "http/ops-clear": { ...only(), reservedConcurrency: 2 },

  "http/ops-page": nothing,
  "http/ops-sign-in": { links: ["Auth"], table: [], reservedConcurrency: 2 },

  "schedule/guard-experiments": { ...scheduled("Query", "UpdateItem"), readsMetrics: true },
  "schedule/send-beat": scheduled("GetItem", "PutItem", "BatchWriteItem"),
  "schedule/warm-problems": scheduled(...PROBLEM),
  "schedule/warm-user-stats": scheduled(...PROBLEM),
  // One instance per shard.
  "stream/invalidate": {
    ...background(),
    sends: ["FailedInvalidations"],
    reservedConcurrency: SHARDS,
  },

  "queue/refresh-entries": background("GetItem", "BatchGetItem", "Query"),
  "queue/verify-hits": {
    ...background("GetItem", "BatchGetItem", "Query"),
    sends: ["Verifications"],
  },
  "queue/run-invalidation-jobs": background("PutItem"),
  "queue/redrive-invalidation": { ...background(), readsStream: true },
};

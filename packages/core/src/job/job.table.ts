import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { toItem } from "../table/action.ts";
import { damageOf, readAttributes } from "../table/attributes.ts";
import type { Database } from "../table/database.ts";
import { TTL_ATTRIBUTE } from "../table/definition.ts";
import { keys } from "../table/keys.ts";
import { getStored } from "../table/read-items.ts";
import { InvalidationJob } from "./job.ts";

/** Retention of a job after the request: a week, in seconds. */
const KEPT_SECONDS = 7 * 86_400;

/** Values in place of a job's unreadable attributes. */
const BLANK = {
  status: "failed",
  request: {},
  requested_by: "",
  requested_at: "",
  started_at: null,
  finished_at: null,
  attempts: 0,
  entries: 0,
  result: null,
  error: null,
} as const;

const UNREADABLE = "the stored job cannot be read: request the invalidation again";

export interface JobTable {
  /** The job in its present state; undefined if there is none, or if it is over a week old. */
  get(id: string): Promise<InvalidationJob | undefined>;
  save(job: InvalidationJob): Promise<void>;
}

export function createJobTable(db: Database, { now }: { now: () => number }): JobTable {
  return {
    async get(id) {
      const stored = await getStored(db, keys.invalidationJob(id));
      if (stored === undefined) return undefined;
      const read = readAttributes(db, stored, InvalidationJob, { own: { id }, blank: BLANK });
      const job = damageOf(read) ? { ...read.row, error: UNREADABLE } : read.row;
      // DynamoDB may take a few days to remove an expired item.
      return endsAtSeconds(job) <= now() / 1_000 ? undefined : job;
    },
    async save(job) {
      const item = toItem(keys.invalidationJob(job.id), "invalidation_job", {
        ...job,
        [TTL_ATTRIBUTE]: endsAtSeconds(job),
      });
      await db.send(new PutCommand({ TableName: db.tableName, Item: item }));
    },
  };
}

function endsAtSeconds({ requested_at: at }: InvalidationJob): number {
  return Math.floor(Date.parse(at) / 1_000) + KEPT_SECONDS;
}

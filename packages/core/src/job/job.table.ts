import { PutCommand } from "@aws-sdk/lib-dynamodb";
import { toItem } from "../table/action.ts";
import type { Database } from "../table/database.ts";
import { TTL_ATTRIBUTE } from "../table/definition.ts";
import { keys } from "../table/keys.ts";
import { getItem } from "../table/read-items.ts";
import { InvalidationJob } from "./job.ts";

/** How long a job can be looked at, from when it was asked for: a week, in seconds. */
const KEPT_SECONDS = 7 * 86_400;

export interface JobTable {
  /** The job as it is now; undefined when there is none, or it was a week ago. */
  get(id: string): Promise<InvalidationJob | undefined>;
  save(job: InvalidationJob): Promise<void>;
}

export function createJobTable(db: Database, { now }: { now: () => number }): JobTable {
  return {
    async get(id) {
      const job = await getItem(db, keys.invalidationJob(id), InvalidationJob);
      // DynamoDB may take two days to remove what is past its time.
      return job && endsAtSeconds(job) > now() / 1_000 ? job : undefined;
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

import type { Context, SQSBatchResponse, SQSEvent } from "aws-lambda";
import { runInvalidationJobs } from "../invalidation-jobs.ts";
import { cache, log, openSource } from "../runtime.ts";

/** Queue of invalidations that an operator asked for → the cache, and their progress → the table. */
export function handler(
  event: SQSEvent,
  context: Pick<Context, "getRemainingTimeInMillis">,
): Promise<SQSBatchResponse> {
  const source = openSource({ databaseCalls: 0 });
  return runInvalidationJobs(event, {
    cache,
    log,
    jobs: async () => (await source.tables()).jobs,
    remainingMs: () => context.getRemainingTimeInMillis(),
  });
}

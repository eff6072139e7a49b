import type { SQSEvent } from "aws-lambda";
import { runInvalidationJobs } from "../invalidation/invalidation-jobs.ts";
import { namesOfOperators } from "../invalidation/names-of-operators.ts";
import { batch, cache, log, openSource } from "../runtime.ts";

/** Queue of invalidations that an operator requested → the cache, and their progress → the table. */
export const handler = batch("queue", "InvalidationRequests", (event: SQSEvent, context) => {
  const source = openSource();
  return runInvalidationJobs(event, {
    cache,
    log,
    namesOf: namesOfOperators,
    jobs: async () => (await source.tables()).jobs,
    remainingMs: () => context.getRemainingTimeInMillis(),
  });
});

import type { SQSEvent } from "aws-lambda";
import { refreshBatch } from "../refreshing/refresh-batch.ts";
import { batch, cache, log, openSource } from "../runtime.ts";

/**
 * Queue of stale entries → new values: a request that finds a stale entry answers with it and leaves the load to this
 * function.
 */
export const handler = batch("queue", "Refreshes", (event: SQSEvent, context) =>
  refreshBatch(event, {
    cache,
    log,
    source: openSource(),
    remainingMs: () => context.getRemainingTimeInMillis(),
  }),
);

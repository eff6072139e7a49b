import type { SQSEvent } from "aws-lambda";
import { refreshBatch } from "../refreshing/refresh-batch.ts";
import { batch, cache, log, openSource } from "../runtime.ts";

/** Queue of stale entries → new values: a request that meets a stale entry answers with it and leaves the load to this. */
export const handler = batch("queue", "Refreshes", (event: SQSEvent, context) =>
  refreshBatch(event, {
    cache,
    log,
    source: openSource(),
    remainingMs: () => context.getRemainingTimeInMillis(),
  }),
);

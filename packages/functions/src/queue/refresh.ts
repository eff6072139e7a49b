import type { Context, SQSBatchResponse, SQSEvent } from "aws-lambda";
import { refreshBatch } from "../refreshing.ts";
import { cache, log, openSource } from "../runtime.ts";

/** Queue of stale entries → new values: a request that meets a stale entry answers with it and leaves the load to this. */
export function handler(
  event: SQSEvent,
  context: Pick<Context, "getRemainingTimeInMillis">,
): Promise<SQSBatchResponse> {
  return refreshBatch(event, {
    cache,
    log,
    source: openSource({ databaseCalls: 0 }),
    remainingMs: () => context.getRemainingTimeInMillis(),
  });
}

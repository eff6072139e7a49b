import type { SQSEvent } from "aws-lambda";
import { readDiscardedBatch } from "../invalidation/discarded-batch.ts";
import { redriveBatch } from "../invalidation/redrive.ts";
import { batch, cache, log } from "../runtime.ts";

/** On-failure queue of the table's stream → cached views: every record is handled in the end. */
export const handler = batch("queue", "FailedInvalidations", (event: SQSEvent, context) =>
  redriveBatch(event, {
    cache,
    log,
    readAgain: (given) => readDiscardedBatch(given, () => context.getRemainingTimeInMillis()),
  }),
);

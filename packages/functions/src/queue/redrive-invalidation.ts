import type { SQSEvent } from "aws-lambda";
import { readDiscardedBatch } from "../invalidation/discarded-batch.ts";
import { redriveBatch } from "../invalidation/redrive.ts";
import { batch, cache, log } from "../runtime.ts";

/** On-failure queue of the table's stream → cached views: no record stays without consequence. */
export const handler = batch("queue", "FailedInvalidations", (event: SQSEvent, context) =>
  redriveBatch(event, {
    cache,
    log,
    readAgain: (given) => readDiscardedBatch(given, () => context.getRemainingTimeInMillis()),
  }),
);

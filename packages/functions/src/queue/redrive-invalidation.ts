import type { SQSEvent } from "aws-lambda";
import { readDiscardedBatch } from "../invalidation/discarded-batch.ts";
import { redriveBatch } from "../invalidation/redrive.ts";
import { namesOfRecords } from "../invalidation/recorded-names.ts";
import { batch, cache, hasRecordedViews, log } from "../runtime.ts";

/** On-failure queue of the table's stream → cached views: every record is handled in the end. */
export const handler = batch("queue", "FailedInvalidations", (event: SQSEvent, context) =>
  redriveBatch(event, {
    cache,
    log,
    namesOf: hasRecordedViews ? namesOfRecords : undefined,
    readAgain: (given) => readDiscardedBatch(given, () => context.getRemainingTimeInMillis()),
  }),
);

import type { SQSEvent } from "aws-lambda";
import { readGivenUp } from "../given-up-records.ts";
import { redriveBatch } from "../redriving.ts";
import { batch, cache, log } from "../runtime.ts";

/** On-failure queue of the table's stream → cached views: no record stays without consequence. */
export const handler = batch("queue", "FailedInvalidations", (event: SQSEvent, context) =>
  redriveBatch(event, {
    cache,
    log,
    readAgain: (given) => readGivenUp(given, () => context.getRemainingTimeInMillis()),
  }),
);

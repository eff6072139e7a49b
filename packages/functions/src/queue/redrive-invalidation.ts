import type { Context, SQSBatchResponse, SQSEvent } from "aws-lambda";
import { readGivenUp } from "../given-up-records.ts";
import { redriveBatch } from "../redriving.ts";
import { cache, log } from "../runtime.ts";

/** On-failure queue of the table's stream → cached views: no record stays without consequence. */
export function handler(
  event: SQSEvent,
  context: Pick<Context, "getRemainingTimeInMillis">,
): Promise<SQSBatchResponse> {
  return redriveBatch(event, {
    cache,
    log,
    readAgain: (batch) => readGivenUp(batch, () => context.getRemainingTimeInMillis()),
  });
}

import { uncached } from "@algoitny/core/uncached";
import type { SQSEvent } from "aws-lambda";
import { queues } from "../deployment/queues.ts";
import { batch, cache, keyId, log, openSource } from "../runtime.ts";
import { readVerifyPerMinute } from "../verifying/sample-hits.ts";
import { createAllowance, verifyBatch } from "../verifying/verify-batch.ts";

/** Each instance limits itself to its share, however many messages arrive. */
const mayCheck = createAllowance(
  readVerifyPerMinute(process.env) / queues.Verifications.consumer.maximumConcurrency,
);

const source = openSource();

/** Queue of hits → verdicts: compares each with the table, without delaying readers. */
export const handler = batch("queue", "Verifications", (event: SQSEvent, context) =>
  verifyBatch(event, {
    cache,
    log,
    keyId,
    source: {
      ...uncached(source.tables, (reads) => source.recorded?.(reads).tables ?? source.tables),
      experiment: source.experiment,
    },
    remainingMs: () => context.getRemainingTimeInMillis(),
    mayCheck,
  }),
);

import type { DynamoDBStreamEvent } from "aws-lambda";
import { invalidateBatch, type StreamBatchReport } from "../invalidation/invalidate-batch.ts";
import { queueUrl } from "../links.ts";
import { batch, cache, log, send } from "../runtime.ts";
import { createPoisonRecordSender } from "../invalidation/poison-records.ts";
import { note } from "../telemetry/scope.ts";

const failures = queueUrl("FailedInvalidations");
const sendPoisonRecord =
  failures === undefined ? undefined : createPoisonRecordSender(failures, send);

function report(result: StreamBatchReport): void {
  log.info("stream invalidated", { ...result });
  note("RecordsFailed", result.failed);
  if (result.oldestRecordMs !== null) note("BatchAgeMs", result.oldestRecordMs);
}

/** Table stream → cached views: the guarantee for every writer that does not come through the API. */
export const handler = batch("stream", "Invalidate", (event: DynamoDBStreamEvent) =>
  invalidateBatch(event, { cache, log, sendPoisonRecord, report }),
);

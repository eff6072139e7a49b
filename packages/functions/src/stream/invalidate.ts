import type { DynamoDBStreamEvent } from "aws-lambda";
import { invalidateBatch, type StreamBatchReport } from "../invalidation/invalidate-batch.ts";
import { createSeenProbes } from "../beat/seen-probes.ts";
import { links, queueUrl } from "../links.ts";
import { batch, cache, hasRecordedViews, log, send } from "../runtime.ts";
import { createPoisonRecordSender } from "../invalidation/poison-records.ts";
import { namesOfRecords } from "../invalidation/recorded-names.ts";
import { readStoreTimeoutMs } from "../store-timeout.ts";
import { addMetric } from "../telemetry/scope.ts";

const failures = queueUrl("FailedInvalidations");
const sendPoisonRecord =
  failures === undefined ? undefined : createPoisonRecordSender(failures, send);

const seen = createSeenProbes(links.redis(), readStoreTimeoutMs(process.env));
const namesOf = hasRecordedViews ? namesOfRecords : undefined;
const noteProbes = (probes: Parameters<typeof seen.note>[0]) => seen.note(probes);

function report(result: StreamBatchReport): void {
  log.info("stream invalidated", { ...result });
  addMetric("RecordsFailed", result.failed);
  if (result.oldestRecordMs !== null) addMetric("BatchAgeMs", result.oldestRecordMs);
}

/** Table stream → cached views: the guarantee for every writer, through the API or not. */
export const handler = batch("stream", "Invalidate", (event: DynamoDBStreamEvent) =>
  invalidateBatch(event, { cache, log, sendPoisonRecord, noteProbes, report, namesOf }),
);

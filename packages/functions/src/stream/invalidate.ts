import type { DynamoDBStreamEvent } from "aws-lambda";
import { invalidateBatch, type StreamBatchReport } from "../invalidation/invalidate-batch.ts";
import { createSeenProbes } from "../beat/seen-probes.ts";
import { links, queueUrl } from "../links.ts";
import { batch, cache, hasRecordedViews, log, send } from "../runtime.ts";
import { createPoisonRecordSender } from "../invalidation/poison-records.ts";
import { readStoreTimeoutMs } from "../store-timeout.ts";
import { addMetric } from "../telemetry/scope.ts";

const failures = queueUrl("FailedInvalidations");
const sendPoisonRecord =
  failures === undefined ? undefined : createPoisonRecordSender(failures, send);

const seen = createSeenProbes(links.redis(), readStoreTimeoutMs(process.env));
const noteProbes = (probes: Parameters<typeof seen.note>[0]) => seen.note(probes);

function report(result: StreamBatchReport): void {
  log.info("stream invalidated", { ...result });
  addMetric("RecordsFailed", result.failed);
  if (result.oldestRecordMs !== null) addMetric("BatchAgeMs", result.oldestRecordMs);
}

/** Table stream → cached views: the guarantee for every writer that does not use the API. */
export const handler = batch("stream", "Invalidate", async (event: DynamoDBStreamEvent) => {
  // Before the probes are recorded, because they vouch for everything before them.
  if (hasRecordedViews) await invalidateRecorded(event);
  return invalidateBatch(event, { cache, log, sendPoisonRecord, noteProbes, report });
});

/** Invalidates what loads have read of the items; if the store does not accept that, Lambda sends the whole batch again. */
async function invalidateRecorded(event: DynamoDBStreamEvent): Promise<void> {
  const { streamHandler } = await import("@algoitny/cache/dynamodb");
  await streamHandler(cache)(event);
}

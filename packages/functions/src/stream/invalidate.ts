import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from "aws-lambda";
import { invalidateBatch } from "../invalidation.ts";
import { queueUrl } from "../links.ts";
import { cache, log, send } from "../runtime.ts";
import { createSetAside } from "../set-aside.ts";

const failures = queueUrl("FailedInvalidations");
const setAside = failures === undefined ? undefined : createSetAside(failures, send);

/** Table stream → cached views: the guarantee for every writer that does not come through the API. */
export function handler(event: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
  return invalidateBatch(event, {
    cache,
    log,
    setAside,
    report: (report) => log.info("stream invalidated", { ...report }),
  });
}

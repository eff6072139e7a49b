import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from "aws-lambda";
import { invalidateBatch } from "../invalidation.ts";
import { cache, log } from "../runtime.ts";

/** Table stream → cached views: the guarantee for every writer that does not come through the API. */
export function handler(event: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
  return invalidateBatch(event, { cache, log });
}

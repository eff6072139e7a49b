import type { Cache, Tag } from "@algoitny/cache";
import { tagsFor } from "@algoitny/core/invalidation";
import { toChange } from "@algoitny/core/table/change";
import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from "aws-lambda";
import { describeError, type Log } from "./log.ts";

/**
 * Empties every cached view that a batch of the table's stream made wrong, in one request. When that fails, the lowest
 * sequence number is reported and the whole batch comes again. A record that cannot be read empties the whole cache:
 * nobody knows what it changed, and retrying it would hold up all that stand behind it.
 */
export async function invalidateBatch(
  { Records: records }: DynamoDBStreamEvent,
  { cache, log }: { cache: Pick<Cache, "invalidate" | "clear">; log: Log },
): Promise<DynamoDBBatchResponse> {
  const readings = records.map((record) => readTags(record, log));
  try {
    if (readings.includes("unreadable")) await cache.clear();
    else await cache.invalidate(readings.flatMap((tags) => tags as readonly Tag[]));
    return { batchItemFailures: [] };
  } catch (error) {
    const lowest = sequenceOf(records[0]);
    log.error("invalidation failed; the batch will come again", {
      sequence: lowest,
      error: describeError(error),
    });
    return { batchItemFailures: [{ itemIdentifier: lowest }] };
  }
}

function readTags(record: DynamoDBRecord, log: Log): readonly Tag[] | "unreadable" {
  try {
    return tagsFor([toChange(record)]);
  } catch (error) {
    log.error("a stream record cannot be read: the whole cache is emptied for it", {
      sequence: sequenceOf(record),
      error: describeError(error),
    });
    return "unreadable";
  }
}

/** An empty identifier makes Lambda repeat the whole batch. */
function sequenceOf(record: DynamoDBRecord | undefined): string {
  return record?.dynamodb?.SequenceNumber ?? "";
}

import { setTimeout as sleep } from "node:timers/promises";
import type { StreamRecord } from "@algoitny/core/table/change";
import * as z from "zod";

/** Time reserved for the invalidation itself: 10 seconds. */
const RESERVE_MS = 10_000;

/** Pause after an empty page of a shard, and the number of empty pages in a row after which the reading ends. */
const EMPTY_PAUSE_MS = 200;
const EMPTY_PAGES = 10;

/** Lambda's message about a discarded batch: the position of the records in the stream, never the records. */
export const DiscardedBatch = z.object({
  DDBStreamBatchInfo: z.object({
    streamArn: z.string(),
    shardId: z.string(),
    startSequenceNumber: z.string().regex(/^\d+$/),
    endSequenceNumber: z.string().regex(/^\d+$/),
  }),
});
export type DiscardedBatch = z.infer<typeof DiscardedBatch>;

/**
 * Reads the records of a batch again, together with those between them that the subscription's filter omits. Rejects if
 * they have expired (the stream keeps them for 24 hours), or if the last of them is not read before the time is over, the
 * shard ends or its pages stay empty.
 */
export async function readDiscardedBatch(
  { DDBStreamBatchInfo: batch }: DiscardedBatch,
  remainingMs: () => number,
): Promise<StreamRecord[]> {
  const end = BigInt(batch.endSequenceNumber);
  const found: StreamRecord[] = [];
  for await (const records of pagesFrom(batch)) {
    for (const { eventName, dynamodb } of records) {
      const sequence = BigInt(dynamodb?.SequenceNumber ?? 0);
      if (sequence <= end) found.push({ eventName, dynamodb });
      if (sequence >= end) return found;
    }
    if (remainingMs() < RESERVE_MS) break;
  }
  throw new Error(`the stream did not show record ${batch.endSequenceNumber} again`);
}

/** The pages of a shard from the batch's first record to the shard's end, or to `EMPTY_PAGES` empty ones in a row. */
async function* pagesFrom(batch: DiscardedBatch["DDBStreamBatchInfo"]) {
  const { DynamoDBStreamsClient, GetRecordsCommand, GetShardIteratorCommand } =
    await import("@aws-sdk/client-dynamodb-streams");
  const client = new DynamoDBStreamsClient({});
  try {
    let { ShardIterator: iterator } = await client.send(
      new GetShardIteratorCommand({
        StreamArn: batch.streamArn,
        ShardId: batch.shardId,
        ShardIteratorType: "AT_SEQUENCE_NUMBER",
        SequenceNumber: batch.startSequenceNumber,
      }),
    );
    let empty = 0;
    while (iterator !== undefined && empty < EMPTY_PAGES) {
      const { Records: records = [], NextShardIterator: next } = await client.send(
        new GetRecordsCommand({ ShardIterator: iterator }),
      );
      yield records;
      iterator = next;
      empty = records.length === 0 ? empty + 1 : 0;
      if (empty > 0) await sleep(EMPTY_PAUSE_MS);
    }
  } finally {
    client.destroy();
  }
}

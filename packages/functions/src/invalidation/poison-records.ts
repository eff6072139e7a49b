import type { DynamoDBRecord } from "aws-lambda";
import { describeError } from "../telemetry/log.ts";
import type { SendMessage } from "../sqs.ts";

/**
 * Longest message that contains a whole record, in characters of JSON: SQS accepts 1 MiB, and a character has at most 3
 * bytes.
 */
const MESSAGE_LIMIT = 300_000;

/** A record of the table's stream that could not be read, as the on-failure queue carries it. */
export interface PoisonRecord {
  kind: "unreadable_record";
  sequenceNumber: string | undefined;
  eventId: string | undefined;
  reason: Record<string, unknown>;
  /** Its images are omitted if they are too large; its key still identifies the item. */
  record: Pick<DynamoDBRecord, "dynamodb">;
}

/** Makes the sender of unreadable records to the queue to which Lambda sends the positions of discarded batches. */
export function createPoisonRecordSender(url: string, send: SendMessage) {
  return async (record: DynamoDBRecord, reason: unknown): Promise<void> => {
    const message: PoisonRecord = {
      kind: "unreadable_record",
      sequenceNumber: record.dynamodb?.SequenceNumber,
      eventId: record.eventID,
      reason: describeError(reason),
      record: { dynamodb: record.dynamodb },
    };
    const body = JSON.stringify(message);
    const short = () =>
      JSON.stringify({ ...message, record: { dynamodb: { Keys: record.dynamodb?.Keys } } });
    await send({ url, body: body.length > MESSAGE_LIMIT ? short() : body });
  };
}

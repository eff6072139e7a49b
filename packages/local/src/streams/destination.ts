import { randomUUID } from "node:crypto";
import type { Entry } from "./record.ts";

/** Reason for which a batch was discarded, in Lambda's words. */
export type Condition = "RetryAttemptsExhausted" | "RecordAgeExceeded";

/**
 * Message that Lambda sends to an on-failure queue: the position of the records, never the records.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
 */
export interface FailureRecord {
  requestContext: {
    requestId: string;
    functionArn: string;
    condition: Condition;
    approximateInvokeCount: number;
  };
  /** Missing when the records were too old before the first invocation. */
  responseContext?: { statusCode: 200; executedVersion: "$LATEST"; functionError?: "Unhandled" };
  version: "1.0";
  timestamp: string;
  DDBStreamBatchInfo: {
    shardId: string;
    startSequenceNumber: string;
    endSequenceNumber: string;
    approximateArrivalOfFirstRecord: string;
    approximateArrivalOfLastRecord: string;
    batchSize: number;
    streamArn: string;
  };
}

/** Receives the messages that Lambda would send to a subscription's on-failure queue. */
export type OnDestination = (queue: string, failure: FailureRecord) => Promise<void> | void;

export interface GivenUp {
  entries: readonly [Entry, ...Entry[]];
  condition: Condition;
  invokeCount: number;
  /** True when the last invocation threw, false when it reported failed items. */
  threw: boolean;
}

export function failureRecord(
  name: string,
  stream: { arn: string; shardId: string },
  { entries, condition, invokeCount, threw }: GivenUp,
  nowMs: number,
): FailureRecord {
  const first = entries[0];
  const last = entries.at(-1) ?? first;
  const responseContext = {
    statusCode: 200,
    executedVersion: "$LATEST",
    ...(threw ? { functionError: "Unhandled" as const } : {}),
  } as const;
  return {
    requestContext: {
      requestId: randomUUID(),
      functionArn: `arn:aws:lambda:us-east-1:000000000000:function:${name}`,
      condition,
      approximateInvokeCount: invokeCount,
    },
    ...(invokeCount === 0 ? {} : { responseContext }),
    version: "1.0",
    timestamp: new Date(nowMs).toISOString(),
    DDBStreamBatchInfo: {
      shardId: stream.shardId,
      startSequenceNumber: first.sequenceNumber,
      endSequenceNumber: last.sequenceNumber,
      approximateArrivalOfFirstRecord: toSecond(first.createdMs),
      approximateArrivalOfLastRecord: toSecond(last.createdMs),
      batchSize: entries.length,
      streamArn: stream.arn,
    },
  };
}

function toSecond(timeMs: number): string {
  return new Date(timeMs).toISOString().replace(/\.\d+Z$/, "Z");
}

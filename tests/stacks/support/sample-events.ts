import type { DynamoDBRecord, SQSEvent } from "aws-lambda";

const REGION = "us-east-1";

/** A removal of a problem's list of test cases, as Lambda delivers it from the table's stream. */
export function removalOf(problem: string, streamArn: string): DynamoDBRecord {
  const Keys = { pk: { S: "PROBLEM#1" }, sk: { S: "TESTCASES" } };
  return {
    eventID: "c4ca4238a0b923820dcc509a6f75849b",
    eventName: "REMOVE",
    eventVersion: "1.1",
    eventSource: "aws:dynamodb",
    awsRegion: REGION,
    dynamodb: {
      ApproximateCreationDateTime: Math.floor(Date.now() / 1_000),
      Keys,
      OldImage: { ...Keys, problem: { N: problem }, test_case_ids: { NS: ["1"] } },
      SequenceNumber: "100000000000000000001",
      SizeBytes: 59,
      StreamViewType: "NEW_AND_OLD_IMAGES",
    },
    eventSourceARN: streamArn,
  };
}

/** One message of a queue, as Lambda delivers it. */
export function messageOf(body: object, queueArn: string): SQSEvent {
  const sentMs = String(Date.now());
  return {
    Records: [
      {
        messageId: "059f36b4-87a3-44ab-83d2-661975830a7d",
        receiptHandle: "AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a",
        body: JSON.stringify(body),
        attributes: {
          ApproximateReceiveCount: "1",
          SentTimestamp: sentMs,
          SenderId: "AROAIENQZJOLO23YVJ4VO:algoitny-production-stream-invalidate",
          ApproximateFirstReceiveTimestamp: sentMs,
        },
        messageAttributes: {},
        md5OfBody: "e4e68fb7bd0e697a0ae8f1bb342846b3",
        eventSource: "aws:sqs",
        eventSourceARN: queueArn,
        awsRegion: REGION,
      },
    ],
  };
}

/** Lambda's message to a stream's on-failure queue: the position of the discarded records, not the records. */
export function givenUp(streamArn: string, shardId: string, sequenceNumber: string): object {
  const time = new Date().toISOString();
  return {
    requestContext: {
      requestId: "c9b8fa9f-5a7f-4b5d-9c6e-1f0c2f1b5b3a",
      functionArn: `arn:aws:lambda:${REGION}:123456789012:function:algoitny-production-stream-invalidate`,
      condition: "RecordAgeExceeded",
      approximateInvokeCount: 12,
    },
    responseContext: { statusCode: 200, executedVersion: "$LATEST", functionError: null },
    version: "1.0",
    timestamp: time,
    DDBStreamBatchInfo: {
      shardId,
      startSequenceNumber: sequenceNumber,
      endSequenceNumber: sequenceNumber,
      approximateArrivalOfFirstRecord: time,
      approximateArrivalOfLastRecord: time,
      batchSize: 1,
      streamArn,
    },
  };
}

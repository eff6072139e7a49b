import { toEntry } from "@algoitny/local/streams/record";
import { expect, test } from "vitest";
import { START_MS, STREAM_ARN, streamRecord } from "./support/test-stream.ts";

test("a record reaches the handler in Lambda's form, with binary values as base64 at any depth", () => {
  const record = streamRecord(7, "a");
  record.eventName = "MODIFY";
  record.dynamodb = {
    ...record.dynamodb,
    OldImage: { n: { N: "1" } },
    NewImage: {
      n: { N: "2" },
      bytes: { B: new Uint8Array([1, 2, 255]) },
      many: { BS: [new Uint8Array([1]), new Uint8Array([2])] },
      deep: { M: { list: { L: [{ B: new Uint8Array([3]) }, { BOOL: true }, { NULL: true }] } } },
    },
  };
  expect(toEntry(record, STREAM_ARN, START_MS)?.record).toEqual({
    eventID: "event-7",
    eventName: "MODIFY",
    eventVersion: "1.1",
    eventSource: "aws:dynamodb",
    awsRegion: "us-east-1",
    eventSourceARN: STREAM_ARN,
    dynamodb: {
      ApproximateCreationDateTime: START_MS / 1_000,
      Keys: { pk: { S: "a" }, sk: { S: "x" } },
      OldImage: { n: { N: "1" } },
      NewImage: {
        n: { N: "2" },
        bytes: { B: "AQL/" },
        many: { BS: ["AQ==", "Ag=="] },
        deep: { M: { list: { L: [{ B: "Aw==" }, { BOOL: true }, { NULL: true }] } } },
      },
      SequenceNumber: "7",
      SizeBytes: 10,
      StreamViewType: "NEW_AND_OLD_IMAGES",
    },
  });
});

test("a deletion by time to live has DynamoDB as its user", () => {
  const record = {
    ...streamRecord(1, "a"),
    userIdentity: { Type: "Service", PrincipalId: "dynamodb.amazonaws.com" },
  };
  expect(toEntry(record, STREAM_ARN, START_MS)?.record.userIdentity).toEqual({
    type: "Service",
    principalId: "dynamodb.amazonaws.com",
  });
});

test("a write without a change is no record, as on AWS", () => {
  const record = streamRecord(1, "a");
  record.dynamodb = {
    ...record.dynamodb,
    OldImage: { b: { B: new Uint8Array([1]) } },
    NewImage: { b: { B: new Uint8Array([1]) } },
  };
  expect(toEntry(record, STREAM_ARN, START_MS)).toBeUndefined();
});

test("a time that may have been rounded down to the minute counts as the latest possible one", () => {
  const record = streamRecord(1, "a");
  const minute = Date.parse("2026-11-22T12:00:00Z");
  record.dynamodb = { ...record.dynamodb, ApproximateCreationDateTime: new Date(minute) };
  expect(toEntry(record, STREAM_ARN, minute + 20_000)?.createdMs).toBe(minute + 20_000);
  expect(toEntry(record, STREAM_ARN, minute + 90_000)?.createdMs).toBe(minute + 59_999);
  expect(toEntry(streamRecord(1, "a"), STREAM_ARN, START_MS + 90_000)?.createdMs).toBe(START_MS);
});

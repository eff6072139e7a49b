import { isDeepStrictEqual } from "node:util";
import type { AttributeValue, _Record as StreamRecord } from "@aws-sdk/client-dynamodb-streams";
import type { DynamoDBRecord } from "aws-lambda";

/** One stream record on its way to a handler. */
export interface Entry {
  /** In the form in which Lambda passes it. */
  record: DynamoDBRecord;
  sequenceNumber: string;
  /** The item that changed: records of one item are never handled at the same time. */
  item: string;
  createdMs: number;
  sizeBytes: number;
}

const MINUTE_MS = 60_000;

/** A record of the Streams API as an `Entry`; undefined if nothing changed, for which AWS writes no record. */
export function toEntry(source: StreamRecord, streamArn: string, nowMs: number): Entry | undefined {
  const { OldImage: before, NewImage: after } = source.dynamodb ?? {};
  if (before !== undefined && after !== undefined && isDeepStrictEqual(before, after))
    return undefined;
  const record = toLambdaRecord(source, streamArn);
  return {
    record,
    sequenceNumber: source.dynamodb?.SequenceNumber ?? "",
    item: Object.entries(record.dynamodb?.Keys ?? {})
      .map((key) => JSON.stringify(key))
      .toSorted()
      .join(),
    createdMs: createdMs(source, nowMs),
    sizeBytes: Buffer.byteLength(JSON.stringify(record)),
  };
}

/**
 * DynamoDB Local rounds times down to the minute, which must not make a record too old: assume the youngest possible
 * time.
 */
function createdMs(source: StreamRecord, nowMs: number): number {
  const writtenMs = source.dynamodb?.ApproximateCreationDateTime?.getTime() ?? nowMs;
  const isRounded = writtenMs % MINUTE_MS === 0;
  return isRounded ? Math.min(nowMs, writtenMs + MINUTE_MS - 1) : writtenMs;
}

function toLambdaRecord(
  { dynamodb = {}, userIdentity, ...source }: StreamRecord,
  streamArn: string,
): DynamoDBRecord {
  const { ApproximateCreationDateTime: created, Keys, NewImage, OldImage, ...rest } = dynamodb;
  const change = {
    ...(created === undefined ? {} : { ApproximateCreationDateTime: created.getTime() / 1_000 }),
    ...(Keys === undefined ? {} : { Keys: plain(Keys) }),
    ...(NewImage === undefined ? {} : { NewImage: plain(NewImage) }),
    ...(OldImage === undefined ? {} : { OldImage: plain(OldImage) }),
    ...rest,
  };
  const identity = userIdentity && {
    userIdentity: { type: userIdentity.Type, principalId: userIdentity.PrincipalId },
  };
  // The SDK's types allow `undefined` in every field, which the JSON round trip takes out.
  const record = { ...source, eventSourceARN: streamArn, dynamodb: change, ...identity };
  return JSON.parse(JSON.stringify(record)) as DynamoDBRecord;
}

/** DynamoDB JSON with binary values as base64 text, at any depth. */
function plain(image: Record<string, AttributeValue>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(image).map(([name, value]) => [name, plainValue(value)]),
  );
}

function plainValue(value: AttributeValue): unknown {
  if (value.B !== undefined) return { B: base64(value.B) };
  if (value.BS !== undefined) return { BS: value.BS.map(base64) };
  if (value.L !== undefined) return { L: value.L.map(plainValue) };
  if (value.M !== undefined) return { M: plain(value.M) };
  return value;
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64");
}

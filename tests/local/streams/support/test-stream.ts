import { setTimeout as timer } from "node:timers/promises";
import type { _Record as StreamRecord } from "@aws-sdk/client-dynamodb-streams";
import { toEntry, type Entry } from "@algoitny/local/streams/record";
import type { StreamSource } from "@algoitny/local/streams/stream-source";
import type { DynamoDBStreamEvent } from "aws-lambda";

/** Not a whole minute, so that times are not treated as rounded. */
export const START_MS = Date.parse("2026-11-22T12:00:30Z");

export const STREAM_ARN = "arn:aws:dynamodb:us-east-1:000000000000:table/t/stream/1";

/** A stream record for the item `key`, as the Streams API returns it. */
export function streamRecord(sequenceNumber: number, key: string): StreamRecord {
  return {
    eventID: `event-${sequenceNumber}`,
    eventName: "INSERT",
    eventVersion: "1.1",
    eventSource: "aws:dynamodb",
    awsRegion: "us-east-1",
    dynamodb: {
      ApproximateCreationDateTime: new Date(START_MS),
      Keys: { pk: { S: key }, sk: { S: "x" } },
      NewImage: { pk: { S: key }, sk: { S: "x" } },
      SequenceNumber: String(sequenceNumber),
      SizeBytes: 10,
      StreamViewType: "NEW_AND_OLD_IMAGES",
    },
  };
}

/** Entries with sequence numbers from 1, one for each key. */
export function entriesOf(...keys: string[]): Entry[] {
  return keys.flatMap(
    (key, index) => toEntry(streamRecord(index + 1, key), STREAM_ARN, START_MS) ?? [],
  );
}

/** Partition keys of an event's records, in order. */
export function keysOf(event: unknown): string[] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what the mapping promises to hand over
  const { Records } = event as DynamoDBStreamEvent;
  return Records.map((record) => record.dynamodb?.Keys?.["pk"]?.S ?? "");
}

/** Waits only briefly for any duration, so that windows and back-off pass quickly but other work continues. */
export async function shortSleep(_ms: number, signal: AbortSignal): Promise<void> {
  await timer(1, undefined, { signal }).catch(() => {});
}

export interface MemoryStream {
  source: StreamSource;
  /** Appends one record for each key to an existing shard. */
  write(shardId: string, ...keys: string[]): void;
  /** Appends these records unchanged to an existing shard. */
  append(shardId: string, records: readonly StreamRecord[]): void;
  /** Closes a shard after its last record; its children may follow. */
  end(shardId: string): void;
  addShard(shardId: string, parentId?: string): void;
  /** The next read fails with this error, as with an expired iterator. */
  failNextRead(errorName: string): void;
}

/** A stream in memory with the shards that a test creates. */
export function memoryStream(arn = STREAM_ARN): MemoryStream {
  const shards = new Map<
    string,
    { parentId: string | undefined; records: StreamRecord[]; ended: boolean }
  >();
  let sequence = 0;
  let failure: string | undefined;
  const shardOf = (id: string) => {
    const shard = shards.get(id);
    if (shard === undefined) throw new Error(`no shard ${id}`);
    return shard;
  };
  const source: StreamSource = {
    arn,
    shards: () => Promise.resolve([...shards].map(([id, { parentId }]) => ({ id, parentId }))),
    iterator(id, from) {
      const { records } = shardOf(id);
      const after = records.findIndex(({ dynamodb }) => dynamodb?.SequenceNumber === from) + 1;
      const start = from === "LATEST" ? records.length : after; // 0 for TRIM_HORIZON
      return Promise.resolve(`${id}|${start}`);
    },
    read(iterator) {
      if (failure !== undefined) {
        const error = Object.assign(new Error(failure), { name: failure });
        failure = undefined;
        return Promise.reject(error);
      }
      const [id = "", start = ""] = iterator.split("|");
      const { records, ended } = shardOf(id);
      const page = records.slice(Number(start));
      return Promise.resolve({
        records: page,
        next: ended ? undefined : `${id}|${records.length}`,
      });
    },
    close: () => {},
  };
  return {
    source,
    addShard: (id, parentId) => shards.set(id, { parentId, records: [], ended: false }),
    write: (id, ...keys) =>
      shardOf(id).records.push(...keys.map((key) => streamRecord(++sequence, key))),
    append: (id, records) => shardOf(id).records.push(...records),
    end: (id) => {
      shardOf(id).ended = true;
    },
    failNextRead: (errorName) => {
      failure = errorName;
    },
  };
}

import { DescribeTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import {
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  type ShardIteratorType,
  type _Record as StreamRecord,
} from "@aws-sdk/client-dynamodb-streams";
import { localClientConfig } from "../dynamodb/local-table.ts";

export interface Shard {
  id: string;
  /** The parent shard: its records come before this shard's. */
  parentId: string | undefined;
}

/** Starting position in a shard; any other text is a sequence number: reading starts after it. */
export type Position = "TRIM_HORIZON" | "LATEST" | (string & {});

/** One stream of one table. */
export interface StreamSource {
  arn: string;
  shards(): Promise<Shard[]>;
  iterator(shardId: string, from: Position): Promise<string | undefined>;
  /** `next` is undefined at the end of a shard that gets no more records. */
  read(iterator: string): Promise<{ records: StreamRecord[]; next: string | undefined }>;
  close(): void;
}

/** The engine's Streams API for a table; throws when the table has no stream. */
export async function connectStream(endpoint: string, tableName: string): Promise<StreamSource> {
  const arn = await streamArn(endpoint, tableName);
  const client = new DynamoDBStreamsClient(localClientConfig(endpoint));
  return {
    arn,

    async shards() {
      const shards: Shard[] = [];
      let last: string | undefined;
      do {
        const { StreamDescription: page } = await client.send(
          new DescribeStreamCommand({ StreamArn: arn, ExclusiveStartShardId: last }),
        );
        for (const { ShardId: id, ParentShardId: parentId } of page?.Shards ?? []) {
          if (id !== undefined) shards.push({ id, parentId });
        }
        last = page?.LastEvaluatedShardId;
      } while (last !== undefined);
      return shards;
    },

    async iterator(shardId, from) {
      const { ShardIterator: iterator } = await client.send(
        new GetShardIteratorCommand({ StreamArn: arn, ShardId: shardId, ...startAt(from) }),
      );
      return iterator;
    },

    async read(iterator) {
      const page = await client.send(new GetRecordsCommand({ ShardIterator: iterator }));
      return { records: page.Records ?? [], next: page.NextShardIterator };
    },

    close: () => client.destroy(),
  };
}

function startAt(from: Position): {
  ShardIteratorType: ShardIteratorType;
  SequenceNumber?: string;
} {
  if (from === "TRIM_HORIZON") return { ShardIteratorType: "TRIM_HORIZON" };
  if (from === "LATEST") return { ShardIteratorType: "LATEST" };
  return { ShardIteratorType: "AFTER_SEQUENCE_NUMBER", SequenceNumber: from };
}

async function streamArn(endpoint: string, tableName: string): Promise<string> {
  const client = new DynamoDBClient(localClientConfig(endpoint));
  try {
    const { Table: table } = await client.send(new DescribeTableCommand({ TableName: tableName }));
    const { StreamSpecification: stream, LatestStreamArn: arn } = table ?? {};
    if (stream?.StreamEnabled === true && arn !== undefined) return arn;
    throw new Error(`table ${tableName} has no stream: enable one with StreamSpecification`);
  } finally {
    client.destroy();
  }
}

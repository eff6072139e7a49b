import {
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  ListStreamsCommand,
} from "@aws-sdk/client-dynamodb-streams";
import type { DynamoDBRecord } from "aws-lambda";
import type { Deployment } from "./deployment.ts";

/** Uses what runs without a request: schedules, the stream, and the queue of what the stream could not handle. */
export async function useBackground(deployment: Deployment): Promise<void> {
  const { container, services } = deployment;
  await container("schedule/warm-problems").invoke({});
  await container("schedule/warm-user-stats").invoke({});

  const [good, unreadable] = [recordOf("1"), recordOf("of a later version")];
  const { batchItemFailures } = (await container("stream/invalidate").invoke({
    Records: [good, unreadable],
  })) as { batchItemFailures: unknown[] };
  if (batchItemFailures.length > 0) throw new Error("the stream's function failed");
  await services.queues.drained();

  const { batchItemFailures: again } = (await container("queue/redrive-invalidation").invoke({
    Records: [{ messageId: "1", body: JSON.stringify(await givenUp(services.engineUrl)) }],
  })) as { batchItemFailures: unknown[] };
  if (again.length > 0) throw new Error("the redrive function failed");
}

/** A removal, as the stream tells of it. */
function recordOf(problem: string): DynamoDBRecord {
  const Keys = { pk: { S: "PROBLEM#1" }, sk: { S: "TESTCASES" } };
  return {
    eventID: "1",
    eventName: "REMOVE",
    eventSource: "aws:dynamodb",
    awsRegion: "us-east-1",
    dynamodb: {
      SequenceNumber: "100000000000000000001",
      ApproximateCreationDateTime: Date.now() / 1_000,
      Keys,
      OldImage: {
        ...Keys,
        problem: { N: problem },
        test_case_ids: { NS: ["1"] },
      },
    },
  };
}

/** What Lambda would say of the table's first change, had it given it up. */
async function givenUp(endpoint: string) {
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const client = new DynamoDBStreamsClient({ endpoint, region: "us-east-1", credentials });
  const { Streams: [stream] = [] } = await client.send(new ListStreamsCommand({}));
  const { StreamDescription: description } = await client.send(
    new DescribeStreamCommand({ StreamArn: stream?.StreamArn }),
  );
  const at = { StreamArn: stream?.StreamArn, ShardId: description?.Shards?.[0]?.ShardId };
  const { ShardIterator } = await client.send(
    new GetShardIteratorCommand({ ...at, ShardIteratorType: "TRIM_HORIZON" }),
  );
  const { Records: [first] = [] } = await client.send(new GetRecordsCommand({ ShardIterator }));
  client.destroy();
  const sequence = first?.dynamodb?.SequenceNumber;
  return {
    DDBStreamBatchInfo: {
      streamArn: at.StreamArn,
      shardId: at.ShardId,
      startSequenceNumber: sequence,
      endSequenceNumber: sequence,
    },
  };
}

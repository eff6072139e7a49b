import {
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  ListStreamsCommand,
} from "@aws-sdk/client-dynamodb-streams";
import type { SQSBatchResponse } from "aws-lambda";
import { expectDone, untilDone } from "./busy-machine.ts";
import type { Deployment } from "./deployment.ts";
import { givenUp, messageOf, removalOf } from "./sample-events.ts";
import { ofType } from "./graph.ts";
import { fileOfFunction } from "./deployed-routes.ts";

/** Uses the functions that run without a request: schedules, the stream, and the queue of its unreadable records. */
export async function useBackground({ graph, container, services }: Deployment): Promise<void> {
  for (const { inputs } of ofType(graph, "aws:scheduler/schedule:Schedule")) {
    const { arn, input } = inputs["target"] as { arn: string; input: string };
    const scheduled = container(fileOfFunction(graph, arn));
    await untilDone(async () => expectDone(await scheduled.invoke(JSON.parse(input))));
  }

  async function feed(mapping: string, eventOf: (source: string) => object): Promise<void> {
    const { inputs } = ofType(graph, "aws:lambda/eventSourceMapping:EventSourceMapping").find(
      ({ name }) => name.startsWith(mapping),
    )!;
    const file = fileOfFunction(graph, String(inputs["functionName"]));
    const event = eventOf(String(inputs["eventSourceArn"]));
    const { batchItemFailures } = (await container(file).invoke(event)) as SQSBatchResponse;
    if (batchItemFailures.length > 0) throw new Error(`${file} failed`);
  }

  await feed("TableSubscriberInvalidate", (stream) => ({
    Records: [removalOf("1", stream), removalOf("of a later version", stream)],
  }));
  await services.queues.drained();
  const given = await firstChange(services.engineUrl);
  await feed("FailedInvalidations", (queue) => messageOf(given, queue));
}

/** Lambda's message about the table's first change, as if it had been discarded. */
async function firstChange(endpoint: string): Promise<object> {
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
  return givenUp(at.StreamArn ?? "", at.ShardId ?? "", first?.dynamodb?.SequenceNumber ?? "");
}

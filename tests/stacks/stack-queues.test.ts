import { type Queue, queues } from "@algoitny/functions/deployment/queues";
import { timeoutSeconds } from "@algoitny/functions/deployment/timeouts";
import { describe, expect, test } from "vitest";
import { ofType, theOne } from "./support/graph.ts";
import { graphOf } from "./support/graphs.ts";
import { allowedTo, roleOf } from "./support/roles.ts";
import { fileOfFunction } from "./support/deployed-routes.ts";

const graph = graphOf("production");
const table: [string, Queue][] = Object.entries(queues);
const consumed = table.flatMap(([name, { consumer, ...queue }]) =>
  consumer ? [{ name, consumer, queue }] : [],
);
const mappings = ofType(graph, "aws:lambda/eventSourceMapping:EventSourceMapping");

test("the queues are those of the table, and no others", () => {
  const names = ofType(graph, "aws:sqs/queue:Queue").map(({ name }) => name);
  expect(names.toSorted()).toEqual(table.map(([name]) => `${name}Queue`).toSorted());
});

describe.each(table)("queue %s", (name, row) => {
  const { inputs } = theOne(graph, "aws:sqs/queue:Queue", `${name}Queue`);

  test("has the visibility timeout, retention and order of the table, and is encrypted", () => {
    expect(inputs).toMatchObject({
      fifoQueue: row.fifo,
      visibilityTimeoutSeconds: row.visibilityTimeoutSeconds,
      messageRetentionSeconds: row.retentionSeconds,
      sqsManagedSseEnabled: true,
    });
    expect(String(inputs["name"]).endsWith(".fifo")).toBe(row.fifo);
  });

  test("accepts 300 messages a second for each group if it is FIFO, not for all groups together", () => {
    expect(inputs["fifoThroughputLimit"]).toBe(row.fifo ? "perMessageGroupId" : undefined);
    expect(inputs["deduplicationScope"]).toBe(row.fifo ? "messageGroup" : undefined);
  });

  test("moves messages that fail too often to a dead-letter queue of the same kind", () => {
    const { deadLetters } = row;
    const policy = deadLetters && {
      deadLetterTargetArn: arnOf(deadLetters.queue),
      maxReceiveCount: deadLetters.maxReceives,
    };
    expect(inputs["redrivePolicy"]).toBe(policy && JSON.stringify(policy));
    const target = deadLetters ? table.find(([other]) => other === deadLetters.queue)?.[1] : row;
    expect(target?.fifo).toBe(row.fifo);
  });
});

describe.each(consumed)("the consumer of $name", ({ name, consumer, queue }) => {
  const mapping = mappings.find(({ inputs }) => inputs["eventSourceArn"] === arnOf(name))?.inputs;
  const role = () => roleOf(graph, String(mapping?.["functionName"]));

  test("is its file, triggered as the table says, and may report single failures", () => {
    expect(fileOfFunction(graph, String(mapping?.["functionName"]))).toBe(consumer.file);
    expect(mapping).toMatchObject({
      batchSize: consumer.batchSize,
      functionResponseTypes: ["ReportBatchItemFailures"],
      scalingConfig: { maximumConcurrency: consumer.maximumConcurrency },
    });
  });

  test("may receive messages from its queue only", () => {
    for (const action of ["ReceiveMessage", "DeleteMessage", "GetQueueAttributes"]) {
      expect(allowedTo(role(), `sqs:${action}`)).toEqual([arnOf(name)]);
    }
  });

  test("ends before its message is delivered again", () => {
    expect(queue.visibilityTimeoutSeconds).toBeGreaterThanOrEqual(timeoutSeconds.queue);
  });
});

function arnOf(name: string): string {
  const queue = theOne(graph, "aws:sqs/queue:Queue", `${name}Queue`);
  return `arn:aws:sqs:us-east-1:123456789012:${String(queue.inputs["name"])}`;
}

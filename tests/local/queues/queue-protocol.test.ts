import {
  ChangeMessageVisibilityCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListQueuesCommand,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { type Queues, startQueues } from "@algoitny/local/queues/start-queues";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";

const times = { visibilityTimeoutSeconds: 30, retentionSeconds: 3_600 };
const table = {
  Plain: { fifo: false, ...times, deadLetters: { queue: "Dead", maxReceives: 3 } },
  Ordered: { fifo: true, ...times },
  Dead: { fifo: false, ...times },
};

let queues: Queues;
let client: SQSClient;
let plain: string;
let ordered: string;

beforeAll(async () => {
  queues = await startQueues({ table });
  client = new SQSClient({
    endpoint: queues.endpoint,
    region: "us-east-1",
    credentials: { accessKeyId: "x", secretAccessKey: "x" },
    maxAttempts: 1,
  });
  plain = queues.urls["Plain"] ?? "";
  ordered = queues.urls["Ordered"] ?? "";
});
beforeEach(() => {
  for (const name of Object.keys(table)) queues.queue(name).purge();
});
afterAll(() => {
  client.destroy();
  return queues.close();
});

describe("the SDK's client", () => {
  test("sends, receives with attributes, and deletes", async () => {
    const text = 'ü "quoted" \n 😀';
    const sent = await client.send(new SendMessageCommand({ QueueUrl: plain, MessageBody: text }));
    const { Messages: [message] = [] } = await client.send(
      new ReceiveMessageCommand({ QueueUrl: plain, MessageSystemAttributeNames: ["All"] }),
    );
    expect(message).toMatchObject({ MessageId: sent.MessageId, Body: text });
    expect(message?.Attributes).toMatchObject({ ApproximateReceiveCount: "1" });
    await client.send(
      new DeleteMessageCommand({ QueueUrl: plain, ReceiptHandle: message?.ReceiptHandle }),
    );
    expect(queues.queue("Plain").messages()).toEqual([]);
  });

  test("sends and deletes in batches, and is told what failed", async () => {
    const { Successful, Failed } = await client.send(
      new SendMessageBatchCommand({
        QueueUrl: ordered,
        Entries: [
          { Id: "1", MessageBody: "a", MessageGroupId: "g", MessageDeduplicationId: "a" },
          { Id: "2", MessageBody: "b", MessageGroupId: "g", MessageDeduplicationId: "b" },
          { Id: "3", MessageBody: "c", MessageGroupId: "g" },
        ],
      }),
    );
    expect(Successful?.map(({ Id, SequenceNumber }) => [Id, SequenceNumber?.length])).toEqual([
      ["1", 20],
      ["2", 20],
    ]);
    expect(Failed).toMatchObject([{ Id: "3", Code: "InvalidParameterValue", SenderFault: true }]);
    const { Messages = [] } = await client.send(
      new ReceiveMessageCommand({ QueueUrl: ordered, MaxNumberOfMessages: 10 }),
    );
    expect(Messages.map(({ Body }) => Body)).toEqual(["a", "b"]);
    const Entries = Messages.map(({ ReceiptHandle }, index) => ({ Id: `${index}`, ReceiptHandle }));
    await client.send(new DeleteMessageBatchCommand({ QueueUrl: ordered, Entries }));
    expect(queues.queue("Ordered").messages()).toEqual([]);
  });

  test("waits for a message that comes while it polls", async () => {
    const receiving = client.send(
      new ReceiveMessageCommand({ QueueUrl: plain, WaitTimeSeconds: 20 }),
    );
    await client.send(new SendMessageCommand({ QueueUrl: plain, MessageBody: "late" }));
    expect((await receiving).Messages?.map(({ Body }) => Body)).toEqual(["late"]);
  });

  test("finds a queue's address and attributes, makes messages visible and empties queues", async () => {
    const { QueueUrl } = await client.send(new GetQueueUrlCommand({ QueueName: "Ordered.fifo" }));
    expect(QueueUrl).toBe(ordered);
    await client.send(new SendMessageCommand({ QueueUrl: plain, MessageBody: "one" }));
    const { Messages: [message] = [] } = await client.send(
      new ReceiveMessageCommand({ QueueUrl: plain }),
    );
    const { Attributes } = await client.send(
      new GetQueueAttributesCommand({ QueueUrl: plain, AttributeNames: ["All"] }),
    );
    expect(Attributes).toMatchObject({
      ApproximateNumberOfMessages: "0",
      ApproximateNumberOfMessagesNotVisible: "1",
      VisibilityTimeout: "30",
      RedrivePolicy:
        '{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:Dead","maxReceiveCount":3}',
    });
    await client.send(
      new ChangeMessageVisibilityCommand({
        QueueUrl: plain,
        ReceiptHandle: message?.ReceiptHandle,
        VisibilityTimeout: 0,
      }),
    );
    expect(queues.queue("Plain").counts).toEqual({ visible: 1, hidden: 0 });
    await client.send(new PurgeQueueCommand({ QueueUrl: plain }));
    expect(queues.queue("Plain").counts).toEqual({ visible: 0, hidden: 0 });
  });

  test("gets SQS's errors, and a plain word about what is not emulated", async () => {
    const send = (QueueUrl: string, parts = {}) =>
      client.send(new SendMessageCommand({ QueueUrl, MessageBody: "x", ...parts }));
    await expect(send(`${plain}2`)).rejects.toMatchObject({ name: "QueueDoesNotExist" });
    await expect(send(ordered)).rejects.toThrow("MessageGroupId");
    await expect(
      send(plain, { MessageAttributes: { a: { DataType: "String", StringValue: "b" } } }),
    ).rejects.toThrow('Unrecognized key: "MessageAttributes"');
    await expect(client.send(new ListQueuesCommand({}))).rejects.toThrow("not emulated");
  });
});

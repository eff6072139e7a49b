import {
  GetQueueUrlCommand,
  ListQueuesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { type Queues, startQueues } from "@algoitny/local/queues/start-queues";
import { afterEach, beforeEach, expect, test } from "vitest";

const times = { visibilityTimeoutSeconds: 30, retentionSeconds: 3_600 };
const table = { Plain: { fifo: false, ...times }, Ordered: { fifo: true, ...times } };

let queues: Queues;
let client: SQSClient;
let plain: string;
let ordered: string;

beforeEach(async () => {
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
afterEach(() => {
  client.destroy();
  return queues.close();
});

test("the SDK's client sends to a standard queue", async () => {
  const text = 'ü "quoted" \n 😀';
  const sent = await client.send(new SendMessageCommand({ QueueUrl: plain, MessageBody: text }));
  expect(queues.queue("Plain").messages()).toMatchObject([
    { messageId: sent.MessageId, md5OfBody: sent.MD5OfMessageBody, body: text },
  ]);
});

test("the SDK's client sends to a FIFO queue, which drops a duplicate", async () => {
  const parts = { MessageGroupId: "g", MessageDeduplicationId: "one" };
  const send = () =>
    client.send(new SendMessageCommand({ QueueUrl: ordered, MessageBody: "a", ...parts }));
  const [first, again] = [await send(), await send()];
  expect(first.SequenceNumber).toHaveLength(20);
  expect(again.MessageId).toBe(first.MessageId);
  expect(queues.queue("Ordered").messages()).toHaveLength(1);
});

test("the SDK's client gets SQS's errors, and an error that names what is not emulated", async () => {
  const send = (QueueUrl: string, parts = {}) =>
    client.send(new SendMessageCommand({ QueueUrl, MessageBody: "x", ...parts }));
  await expect(client.send(new ListQueuesCommand({ MaxResults: 1 }))).rejects.toMatchObject({
    name: "InvalidParameterValue",
  });
  await expect(send(`${plain}2`)).rejects.toMatchObject({ name: "QueueDoesNotExist" });
  await expect(send(ordered)).rejects.toThrow("MessageGroupId");
  for (const [name, value] of [
    ["MessageAttributes", { a: { DataType: "String", StringValue: "b" } }],
  ] as const) {
    await expect(send(plain, { [name]: value })).rejects.toThrow(`Unrecognized key: "${name}"`);
  }
  await expect(client.send(new ReceiveMessageCommand({ QueueUrl: plain }))).rejects.toThrow(
    "ReceiveMessage is not emulated here.",
  );
  await expect(client.send(new GetQueueUrlCommand({ QueueName: "Plain" }))).rejects.toThrow(
    "not emulated",
  );
});

test("a request outside SQS's protocol is a 400, and the next one is answered", async () => {
  const post = (body: string, target = "AmazonSQS.SendMessage") =>
    fetch(queues.endpoint, { method: "POST", headers: { "x-amz-target": target }, body });
  for (const body of ["", "{", "null", "[]", '"text"', "{}"]) {
    expect((await post(body)).status).toBe(400);
  }
  expect((await post("{}", "AmazonSQS.__proto__")).status).toBe(400);
  expect((await fetch(queues.endpoint)).status).toBe(400);
  const good = await post(JSON.stringify({ QueueUrl: plain, MessageBody: "fine" }));
  expect(good.status).toBe(200);
});

import { z } from "zod";
import { SqsError } from "./sqs-error.ts";

const QueueUrl = z.string().min(1);
const Id = z.string().min(1).max(128);
const Seconds = z.int().min(0).max(43_200);
const Outgoing = {
  MessageBody: z.string(),
  MessageGroupId: Id.optional(),
  MessageDeduplicationId: Id.optional(),
  DelaySeconds: z.int().min(0).max(900).optional(),
};
const Names = z.array(z.string()).optional();

/** Requests as `@aws-sdk/client-sqs` sends them. What is not here is not emulated, and refused by name. */
const requests = {
  SendMessage: z.strictObject({ QueueUrl, ...Outgoing }),
  SendMessageBatch: z.strictObject({
    QueueUrl,
    Entries: z.array(z.strictObject({ Id, ...Outgoing })),
  }),
  ReceiveMessage: z.strictObject({
    QueueUrl,
    MaxNumberOfMessages: z.int().min(1).max(10).default(1),
    VisibilityTimeout: Seconds.optional(),
    WaitTimeSeconds: z.int().min(0).max(20).default(0),
    AttributeNames: Names,
    MessageSystemAttributeNames: Names,
    MessageAttributeNames: Names,
  }),
  DeleteMessage: z.strictObject({ QueueUrl, ReceiptHandle: z.string() }),
  DeleteMessageBatch: z.strictObject({
    QueueUrl,
    Entries: z.array(z.strictObject({ Id, ReceiptHandle: z.string() })),
  }),
  ChangeMessageVisibility: z.strictObject({
    QueueUrl,
    ReceiptHandle: z.string(),
    VisibilityTimeout: Seconds,
  }),
  GetQueueUrl: z.strictObject({ QueueName: z.string() }),
  GetQueueAttributes: z.strictObject({ QueueUrl, AttributeNames: Names }),
  PurgeQueue: z.strictObject({ QueueUrl }),
} as const;

export type Action = keyof typeof requests;
export type Request<A extends Action> = z.output<(typeof requests)[A]>;

/** Checks a request; throws an SqsError for one that is not emulated or does not make sense. */
export function parseRequest(action: string, body: unknown): { action: Action; fields: unknown } {
  if (!isAction(action)) {
    throw new SqsError("UnsupportedOperation", `${action} is not emulated here.`);
  }
  const parsed = requests[action].safeParse(body);
  if (parsed.success) return { action, fields: parsed.data };
  throw new SqsError("InvalidParameterValue", `${action}: ${z.prettifyError(parsed.error)}`);
}

function isAction(name: string): name is Action {
  return Object.hasOwn(requests, name);
}

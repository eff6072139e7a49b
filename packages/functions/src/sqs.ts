import { type AwsEnvironment, createAwsJson } from "./aws-json.ts";

/** One message for a queue; FIFO queues need the ids. */
export interface OutgoingMessage {
  url: string;
  body: string;
  /** Messages of a group are handled one after the other. */
  groupId?: string;
  /** A message with an id that was sent within the last 5 minutes is dropped. */
  deduplicationId?: string;
  /** Delay before its delivery, up to 15 minutes. Standard queues alone: FIFO queues have one delay for all. */
  delaySeconds?: number;
}

/** Rejects when the queue did not take the message. */
export type SendMessage = (message: OutgoingMessage) => Promise<void>;

/** Longest time that a message may take to be accepted, its second try included. */
const TIMEOUT_MS = 1_500;

/** Creates a sender over SQS's JSON protocol. An answer with a stale value waits for the sending, hence the short timeout. */
export function createSendMessage(env?: AwsEnvironment): SendMessage {
  const call = createAwsJson({ service: "sqs", target: "AmazonSQS", timeoutMs: TIMEOUT_MS }, env);
  return async ({ url, body, groupId, deduplicationId, delaySeconds }) => {
    await call(new URL("/", url), "SendMessage", {
      QueueUrl: url,
      MessageBody: body,
      MessageGroupId: groupId,
      MessageDeduplicationId: deduplicationId,
      DelaySeconds: delaySeconds,
    });
  };
}

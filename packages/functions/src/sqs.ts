import { type AwsEnvironment, createAwsJson } from "./aws-json.ts";

/** One message for a queue; FIFO queues need both ids. */
export interface OutgoingMessage {
  url: string;
  body: string;
  /** Messages of a group are handled one after the other. */
  groupId?: string;
  /** A message with an id that was sent within the last 5 minutes is dropped. */
  deduplicationId?: string;
  /** Delivery delay, up to 15 minutes. Only for standard queues: FIFO queues have one delay for all messages. */
  delaySeconds?: number;
}

/** Rejects if the queue did not accept the message. */
export type SendMessage = (message: OutgoingMessage) => Promise<void>;

/** Time limit for sending a message, including a second attempt. */
const TIMEOUT_MS = 1_500;

/**
 * Creates a sender over SQS's JSON protocol. The timeout is short because an answer with a stale value waits for the
 * message to be sent.
 */
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

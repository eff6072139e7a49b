import { createHash } from "node:crypto";

/** Message as its sender passes it to SendMessage. */
export interface Outgoing {
  body: string;
  /** Required in FIFO queues: a group's messages are delivered in order, and none while messages of the group are in flight. */
  groupId?: string | undefined;
  /** FIFO queues only: a second message of the group with the same id within 5 minutes is accepted and dropped. */
  deduplicationId?: string | undefined;
  /** Standard queues only: time before the message is delivered. */
  delaySeconds?: number | undefined;
}

/** Answer to SendMessage. */
export interface Sent {
  messageId: string;
  md5OfBody: string;
  sequenceNumber: string | undefined;
}

/** A message as a queue stores it. */
export interface Message extends Sent {
  readonly body: string;
  readonly groupId: string | undefined;
  readonly deduplicationId: string | undefined;
  readonly sentMs: number;
  firstReceivedMs: number | undefined;
  receives: number;
  visibleAtMs: number;
}

/** A delivered message; its receipt handle is valid until the message is delivered again. */
export interface Received {
  readonly message: Readonly<Message>;
  readonly receiptHandle: string;
}

export function md5(text: string): string {
  return createHash("md5").update(text).digest("hex");
}

/** A message's system attributes by SQS's names, which Lambda's events use too. */
export function systemAttributes(message: Readonly<Message>): Record<string, string> {
  const { groupId, deduplicationId, sequenceNumber, firstReceivedMs } = message;
  return {
    ApproximateReceiveCount: String(message.receives),
    SentTimestamp: String(message.sentMs),
    SenderId: "LOCAL",
    ApproximateFirstReceiveTimestamp: String(firstReceivedMs ?? message.sentMs),
    ...(sequenceNumber !== undefined && { SequenceNumber: sequenceNumber }),
    ...(groupId !== undefined && { MessageGroupId: groupId }),
    ...(deduplicationId !== undefined && { MessageDeduplicationId: deduplicationId }),
  };
}

/** A queue's ARN, as Lambda's events name it. */
export function queueArn(name: string): string {
  return `arn:aws:sqs:us-east-1:000000000000:${name}`;
}

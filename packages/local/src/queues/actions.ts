import { z } from "zod";
import type { MessageQueue } from "./message-queue.ts";
import { SqsError } from "./sqs-error.ts";

/** Queues by name, with `.fifo` for FIFO queues. */
export type QueuesByName = ReadonlyMap<string, MessageQueue>;

const Id = z.string().min(1).max(128);

/**
 * Actions that functions and `npm run ops` use. A field that is not listed here is not emulated; a request with it is refused,
 * and the error names the field.
 */
const SendMessage = z.strictObject({
  QueueUrl: z.string().min(1),
  MessageBody: z.string(),
  MessageGroupId: Id.optional(),
  MessageDeduplicationId: Id.optional(),
  DelaySeconds: z.int().min(0).max(900).optional(),
});

const ListQueues = z.strictObject({ QueueNamePrefix: z.string().optional() });

/** Executes one request; throws an SqsError for a request that SQS would refuse or that is not emulated. */
export function perform(
  action: string,
  body: unknown,
  queues: QueuesByName,
  urlOf: (name: string) => string,
): object {
  if (action === "ListQueues") {
    const { QueueNamePrefix: prefix = "" } = fieldsOf(ListQueues, action, body);
    return { QueueUrls: [...queues.keys()].filter((name) => name.startsWith(prefix)).map(urlOf) };
  }
  if (action !== "SendMessage") {
    throw new SqsError("UnsupportedOperation", `${action} is not emulated here.`);
  }
  const fields = fieldsOf(SendMessage, action, body);
  const { messageId, md5OfBody, sequenceNumber } = queueAt(fields.QueueUrl, queues).send({
    body: fields.MessageBody,
    groupId: fields.MessageGroupId,
    deduplicationId: fields.MessageDeduplicationId,
    delaySeconds: fields.DelaySeconds,
  });
  return {
    MessageId: messageId,
    MD5OfMessageBody: md5OfBody,
    ...(sequenceNumber !== undefined && { SequenceNumber: sequenceNumber }),
  };
}

function fieldsOf<Fields>(schema: z.ZodType<Fields>, action: string, body: unknown): Fields {
  const { data, error } = schema.safeParse(body);
  if (error) throw new SqsError("InvalidParameterValue", `${action}: ${z.prettifyError(error)}`);
  return data;
}

/** The queue's name is the last part of its address. */
function queueAt(url: string, queues: QueuesByName): MessageQueue {
  const queue = queues.get(url.slice(url.lastIndexOf("/") + 1));
  if (queue) return queue;
  throw new SqsError("QueueDoesNotExist", "The specified queue does not exist.");
}

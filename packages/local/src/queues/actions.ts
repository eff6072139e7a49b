import { type Received, systemAttributes } from "./message.ts";
import type { MessageQueue } from "./message-queue.ts";
import { parseRequest, type Action, type Request } from "./requests.ts";
import { SqsError } from "./sqs-error.ts";

/** The queues of one endpoint, by name (`.fifo` included where it belongs to it). */
export interface QueueSet {
  readonly queues: ReadonlyMap<string, MessageQueue>;
  readonly urlOf: (name: string) => string;
  /** Ends early, without an error, when the signal aborts. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

const actions: {
  [A in Action]: (
    request: Request<A>,
    set: QueueSet,
    signal: AbortSignal,
  ) => Promise<object> | object;
} = {
  SendMessage: ({ QueueUrl: url, ...message }, set) => send(queueAt(url, set), message),

  SendMessageBatch: ({ QueueUrl: url, Entries }, set) =>
    batch(Entries, (entry) => send(queueAt(url, set), entry)),

  async ReceiveMessage(request, set, signal) {
    const queue = queueAt(request.QueueUrl, set);
    const { MaxNumberOfMessages: max, WaitTimeSeconds: waitSeconds } = request;
    if (waitSeconds > 0) await waitFor(queue, waitSeconds, set, signal);
    const names = request.MessageSystemAttributeNames ?? request.AttributeNames ?? [];
    const received = signal.aborted ? [] : queue.receive(max, request.VisibilityTimeout);
    return received.length === 0
      ? {}
      : { Messages: received.map((each) => toMessage(each, names)) };
  },

  DeleteMessage({ QueueUrl: url, ReceiptHandle: handle }, set) {
    queueAt(url, set).delete(handle);
    return {};
  },

  DeleteMessageBatch: ({ QueueUrl: url, Entries }, set) =>
    batch(Entries, ({ ReceiptHandle: handle }) => {
      queueAt(url, set).delete(handle);
      return {};
    }),

  ChangeMessageVisibility(
    { QueueUrl: url, ReceiptHandle: handle, VisibilityTimeout: seconds },
    set,
  ) {
    queueAt(url, set).changeVisibility(handle, seconds);
    return {};
  },

  GetQueueUrl({ QueueName: name }, set) {
    queueAt(name, set);
    return { QueueUrl: set.urlOf(name) };
  },

  GetQueueAttributes({ QueueUrl: url, AttributeNames: names = [] }, set) {
    const { settings, counts } = queueAt(url, set);
    return {
      Attributes: chosen(names, {
        QueueArn: arnOf(settings.name),
        ApproximateNumberOfMessages: String(counts.visible),
        ApproximateNumberOfMessagesNotVisible: String(counts.hidden),
        VisibilityTimeout: String(settings.visibilityTimeoutSeconds),
        MessageRetentionPeriod: String(settings.retentionSeconds),
        ...(settings.fifo && { FifoQueue: "true" }),
        ...(settings.deadLetters && {
          RedrivePolicy: JSON.stringify({
            deadLetterTargetArn: arnOf(settings.deadLetters.queue.settings.name),
            maxReceiveCount: settings.deadLetters.maxReceives,
          }),
        }),
      }),
    };
  },

  PurgeQueue({ QueueUrl: url }, set) {
    queueAt(url, set).purge();
    return {};
  },
};

/** Carries out one request; throws an SqsError for what SQS would refuse or this emulation does not have. */
export async function perform(
  action: string,
  body: unknown,
  set: QueueSet,
  signal: AbortSignal,
): Promise<object> {
  const request = parseRequest(action, body);
  const run = actions[request.action] as (typeof actions)["SendMessage"];
  return run(request.fields as Request<"SendMessage">, set, signal);
}

export function arnOf(name: string): string {
  return `arn:aws:sqs:us-east-1:000000000000:${name}`;
}

/** By address or by name: the last part counts. */
function queueAt(url: string, { queues }: QueueSet): MessageQueue {
  const queue = queues.get(url.slice(url.lastIndexOf("/") + 1));
  if (queue) return queue;
  throw new SqsError("QueueDoesNotExist", "The specified queue does not exist.");
}

function send(
  queue: MessageQueue,
  message: Pick<
    Request<"SendMessage">,
    "MessageBody" | "MessageGroupId" | "MessageDeduplicationId" | "DelaySeconds"
  >,
): object {
  const { messageId, md5OfBody, sequenceNumber } = queue.send({
    body: message.MessageBody,
    groupId: message.MessageGroupId,
    deduplicationId: message.MessageDeduplicationId,
    delaySeconds: message.DelaySeconds,
  });
  return {
    MessageId: messageId,
    MD5OfMessageBody: md5OfBody,
    ...(sequenceNumber !== undefined && { SequenceNumber: sequenceNumber }),
  };
}

function batch<Entry extends { Id: string }>(
  entries: readonly Entry[],
  run: (entry: Entry) => object,
): { Successful: object[]; Failed: object[] } {
  if (entries.length === 0)
    throw new SqsError("EmptyBatchRequest", "There should be at least one entry in the request.");
  if (entries.length > 10)
    throw new SqsError(
      "TooManyEntriesInBatchRequest",
      "Maximum number of entries per request are 10.",
    );
  if (new Set(entries.map(({ Id: id }) => id)).size < entries.length)
    throw new SqsError("BatchEntryIdsNotDistinct", "Two or more batch entries have the same Id.");
  const result = { Successful: [] as object[], Failed: [] as object[] };
  for (const entry of entries) {
    try {
      result.Successful.push({ Id: entry.Id, ...run(entry) });
    } catch (error) {
      if (!(error instanceof SqsError) || error.code === "QueueDoesNotExist") throw error;
      const { code, message } = error;
      result.Failed.push({ Id: entry.Id, SenderFault: true, Code: code, Message: message });
    }
  }
  return result;
}

/** Long polling: until there is something, the time is over or the client is gone. */
async function waitFor(
  queue: MessageQueue,
  seconds: number,
  { sleep }: QueueSet,
  signal: AbortSignal,
): Promise<void> {
  const over = new AbortController();
  const either = AbortSignal.any([signal, over.signal]);
  await Promise.race([queue.whenReady(either), sleep(seconds * 1_000, either)]);
  over.abort();
}

function toMessage({ message, receiptHandle }: Received, names: readonly string[]): object {
  return {
    MessageId: message.messageId,
    ReceiptHandle: receiptHandle,
    MD5OfBody: message.md5OfBody,
    Body: message.body,
    ...(names.length > 0 && { Attributes: chosen(names, systemAttributes(message)) }),
  };
}

function chosen(
  names: readonly string[],
  attributes: Record<string, string>,
): Record<string, string> {
  if (names.includes("All")) return attributes;
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => names.includes(name)));
}

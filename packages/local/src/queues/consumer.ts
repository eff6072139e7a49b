import type { SQSEvent } from "aws-lambda";
import { queueArn, type Received, systemAttributes } from "./message.ts";
import type { MessageQueue } from "./message-queue.ts";

export interface ConsumerOptions {
  queue: MessageQueue;
  batchSize: number;
  maximumConcurrency: number;
  invoke: (event: SQSEvent) => Promise<unknown>;
  log: (line: string) => void;
}

/** Event source of one function: polls a queue and invokes the function with its messages. */
export interface Consumer {
  /**
   * True when no message is being handled and none can be delivered now, and after `close`. Failed messages that wait for their
   * next try do not count.
   */
  readonly isIdle: boolean;
  /** Resolves when it is idle. */
  drained(): Promise<void>;
  /** Receives no more messages; resolves when the running batches have ended. */
  close(): Promise<void>;
}

/**
 * Feeds a function as Lambda's event source mapping does: concurrent batches up to a limit. Handled messages are deleted;
 * failed ones (the whole batch when the function threw) are delivered again after the visibility timeout.
 */
export function startConsumer(options: ConsumerOptions): Consumer {
  const { queue, batchSize, maximumConcurrency } = options;
  const stop = new AbortController();
  let handling = 0;
  let idle = Promise.withResolvers<void>();
  const isIdle = () => stop.signal.aborted || (handling === 0 && !queue.isReady);

  async function work(): Promise<void> {
    while (!stop.signal.aborted) {
      const batch = queue.receive(batchSize);
      if (batch.length > 0) {
        handling += 1;
        await handle(batch, options);
        handling -= 1;
      }
      if (isIdle()) {
        idle.resolve();
        idle = Promise.withResolvers();
      }
      await queue.whenReady(stop.signal);
    }
  }

  const workers = Array.from({ length: maximumConcurrency }, work);
  return {
    get isIdle() {
      return isIdle();
    },
    async drained() {
      while (!isIdle()) await idle.promise;
    },
    async close() {
      stop.abort();
      await Promise.all(workers);
      idle.resolve();
    },
  };
}

/** Never rejects: the consumer goes on after any failure of its function. */
async function handle(batch: readonly Received[], options: ConsumerOptions): Promise<void> {
  const { queue, log } = options;
  const failed = await invokeBatch(batch, options);
  const again = batch.filter(({ message }) => failed === "all" || failed.has(message.messageId));
  for (const received of batch) if (!again.includes(received)) complete(received, options);
  if (again.length > 0) {
    const { visibilityTimeoutSeconds: seconds } = queue.settings;
    log(`${again.length} of ${batch.length} messages failed; next try in ${seconds} s`);
  }
}

/** Returns the ids of the messages to deliver again. */
async function invokeBatch(
  batch: readonly Received[],
  { queue, invoke, log }: ConsumerOptions,
): Promise<ReadonlySet<string> | "all"> {
  try {
    const failed = failedIn(await invoke(toEvent(queue, batch)));
    const ids = new Set(batch.map(({ message }) => message.messageId));
    return failed.every((id) => typeof id === "string" && ids.has(id))
      ? (new Set(failed) as ReadonlySet<string>)
      : "all";
  } catch (error) {
    log(`a batch of ${batch.length} failed: ${messageOf(error)}`);
    return "all";
  }
}

/** Deletes a handled message. A FIFO queue refuses the receipt handle of a message that it has delivered again meanwhile. */
function complete({ message, receiptHandle }: Received, { queue, log }: ConsumerOptions): void {
  try {
    queue.delete(receiptHandle);
  } catch (error) {
    log(`message ${message.messageId} was handled and not deleted: ${messageOf(error)}`);
  }
}

/**
 * Identifiers in a function's response. An absent, null or empty list is success; any other value than a list throws. The
 * caller fails the whole batch for an identifier that is missing or not in the batch.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
 */
function failedIn(response: unknown): unknown[] {
  const { batchItemFailures: items } = Object(response) as { batchItemFailures?: unknown };
  if (items === undefined || items === null) return [];
  if (!Array.isArray(items)) throw new TypeError("batchItemFailures is not a list");
  return items.map((item: unknown) => Object(item).itemIdentifier);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function toEvent({ settings }: MessageQueue, batch: readonly Received[]): SQSEvent {
  return {
    Records: batch.map(({ message, receiptHandle }) => ({
      messageId: message.messageId,
      receiptHandle,
      body: message.body,
      attributes: systemAttributes(message) as unknown as SQSEvent["Records"][0]["attributes"],
      messageAttributes: {},
      md5OfBody: message.md5OfBody,
      eventSource: "aws:sqs",
      eventSourceARN: queueArn(settings.name),
      awsRegion: "us-east-1",
    })),
  };
}

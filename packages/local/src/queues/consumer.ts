import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import { arnOf } from "./actions.ts";
import { type Received, systemAttributes } from "./message.ts";
import type { MessageQueue } from "./message-queue.ts";

export interface ConsumerOptions {
  queue: MessageQueue;
  batchSize: number;
  maximumConcurrency: number;
  invoke: (event: SQSEvent) => Promise<unknown>;
  log: (line: string) => void;
}

/** What feeds one function from a queue. */
export interface Consumer {
  /** Nothing is being handled and nothing can be handed out; failed messages that wait for their next try do not count. */
  readonly isIdle: boolean;
  /** Resolves when it is idle. */
  drained(): Promise<void>;
  /** Takes no more; resolves when what is being handled is done. */
  close(): Promise<void>;
}

/**
 * Feeds a function as Lambda's event source mapping does: batches at the same time, up to a limit; what succeeded is
 * deleted, what failed (or all of a batch that threw) is handed out again after the visibility timeout.
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

async function handle(batch: readonly Received[], options: ConsumerOptions): Promise<void> {
  const { queue, invoke, log } = options;
  const failed = await invoke(toEvent(queue, batch)).then(failedIn, (error: unknown) => {
    log(
      `a batch of ${batch.length} failed: ${error instanceof Error ? error.message : String(error)}`,
    );
    return "all" as const;
  });
  const isKnown = (id: unknown) => batch.some(({ message }) => message.messageId === id);
  const all = failed === "all" || !failed.every(isKnown);
  const again = batch.filter(({ message }) => all || failed.includes(message.messageId));
  for (const received of batch) if (!again.includes(received)) queue.delete(received.receiptHandle);
  if (again.length > 0) {
    const { visibilityTimeoutSeconds: seconds } = queue.settings;
    log(`${again.length} of ${batch.length} messages to do again in ${seconds} s`);
  }
}

/** No list, or an empty one, is success; an identifier that is not in the batch fails the whole batch. */
function failedIn(response: unknown): readonly string[] | "all" {
  if (typeof response !== "object" || response === null) return [];
  const { batchItemFailures: items } = response as Partial<SQSBatchResponse>;
  if (items === undefined || items === null) return [];
  return Array.isArray(items) ? items.map(({ itemIdentifier }) => itemIdentifier) : "all";
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
      eventSourceARN: arnOf(settings.name),
      awsRegion: "us-east-1",
    })),
  };
}

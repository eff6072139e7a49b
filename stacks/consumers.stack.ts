import type { QueueFile, QueueName } from "../packages/functions/src/deployment/queues.ts";
import { type Queue, queues as queueTable } from "../packages/functions/src/deployment/queues.ts";
import { functionOf } from "./functions.stack.ts";
import { queues } from "./queues.stack.ts";

/** The event source mapping of each queue that has a consumer, with its function. */
export const consumers = Object.entries(queueTable as Record<string, Queue>).flatMap(
  ([name, { consumer }]) =>
    consumer
      ? [
          queues[name as QueueName].subscribe(functionOf(consumer.file as QueueFile), {
            batch: { size: consumer.batchSize, partialResponses: true },
            // The limit makes messages wait in the queue instead of overloading the database. It is set here, because a limit
            // on the function would return messages to the queue as failed.
            transform: {
              eventSourceMapping: {
                scalingConfig: { maximumConcurrency: consumer.maximumConcurrency },
              },
            },
          }),
        ]
      : [],
);

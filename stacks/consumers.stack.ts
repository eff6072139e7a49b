import type { QueueFile, QueueName } from "../packages/functions/src/deployment/queues.ts";
import { type Queue, queues as table } from "../packages/functions/src/deployment/queues.ts";
import { functionOf } from "./functions.stack.ts";
import { queues } from "./queues.stack.ts";

/** The function of each queue that has one. */
export const consumers = Object.entries(table as Record<string, Queue>).flatMap(
  ([name, { consumer }]) =>
    consumer
      ? [
          queues[name as QueueName].subscribe(functionOf(consumer.file as QueueFile), {
            batch: { size: consumer.batchSize, partialResponses: true },
            // The queue waits, not the database: a limit here, as one on the function would throw messages back.
            transform: {
              eventSourceMapping: {
                scalingConfig: { maximumConcurrency: consumer.maximumConcurrency },
              },
            },
          }),
        ]
      : [],
);

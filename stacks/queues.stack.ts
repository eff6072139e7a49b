import {
  type Queue,
  type QueueName,
  queues as queueTable,
} from "../packages/functions/src/deployment/queues.ts";

const rows = Object.entries(queueTable) as [QueueName, Queue][];

/** Every queue of deployment/queues.ts, by its name. */
export const queues = {} as Record<QueueName, sst.aws.Queue>;

// Dead-letter queues are created first.
for (const [name, row] of rows.toSorted(([, a], [, b]) => depth(a) - depth(b))) {
  queues[name] = new sst.aws.Queue(name, {
    fifo: row.fifo,
    visibilityTimeout: `${row.visibilityTimeoutSeconds} seconds`,
    ...(row.deadLetters
      ? {
          dlq: {
            queue: queues[row.deadLetters.queue as QueueName].arn,
            retry: row.deadLetters.maxReceives,
          },
        }
      : {}),
    transform: {
      queue: {
        messageRetentionSeconds: row.retentionSeconds,
        sqsManagedSseEnabled: true,
        // By default a FIFO queue accepts 300 sends a second in all; with this, each group accepts as many. De-duplication is
        // then by group, so equal messages must always have the same group.
        ...(row.fifo && {
          fifoThroughputLimit: "perMessageGroupId",
          deduplicationScope: "messageGroup",
        }),
      },
    },
  });
}

function depth({ deadLetters }: Queue): number {
  return deadLetters ? 1 + depth(queueTable[deadLetters.queue as QueueName]) : 0;
}

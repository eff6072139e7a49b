/** A queue of SQS and, if it has one, the function that Lambda feeds from it with ReportBatchItemFailures. */
export interface Queue {
  /** Order within a group, and no duplicate within 5 minutes. Its dead-letter queue must be of the same kind. */
  fifo: boolean;
  /** Time for which a received message stays hidden; at least as long as its function may run. */
  visibilityTimeoutSeconds: number;
  /** Retention of a message, from 60 seconds to 14 days. */
  retentionSeconds: number;
  /** Without a consumer, messages wait for a person. */
  consumer?: {
    /** Handler under `src/`, without its ending. */
    file: string;
    /**
     * Highest number of messages in one invocation: at most 10, the limit of FIFO queues and of queues without a batching
     * window.
     */
    batchSize: number;
    /** Highest number of concurrent invocations, at least 2. */
    maximumConcurrency: number;
  };
  /** Dead-letter queue of messages that were received `maxReceives` times without success. */
  deadLetters?: { queue: string; maxReceives: number };
}

const DAY_SECONDS = 86_400;

/** For messages that a person should look at: SQS's longest retention. */
const forPeople = { visibilityTimeoutSeconds: 30, retentionSeconds: 14 * DAY_SECONDS } as const;

/** Every queue: name → kind, consumer and dead-letter queue. */
export const queues = {
  /** Stale entries that wait for a new value. The next miss loads what is dropped here: little is lost. */
  Refreshes: {
    fifo: true,
    visibilityTimeoutSeconds: 60,
    retentionSeconds: 3_600,
    consumer: { file: "queue/refresh-entries", batchSize: 10, maximumConcurrency: 10 },
    deadLetters: { queue: "FailedRefreshes", maxReceives: 3 },
  },
  FailedRefreshes: { fifo: true, ...forPeople },

  /** Invalidations that an operator requested and does not wait for. */
  InvalidationRequests: {
    fifo: false,
    visibilityTimeoutSeconds: 360,
    retentionSeconds: DAY_SECONDS,
    consumer: { file: "queue/run-invalidation-jobs", batchSize: 1, maximumConcurrency: 2 },
    deadLetters: { queue: "FailedInvalidationRequests", maxReceives: 5 },
  },
  FailedInvalidationRequests: { fifo: false, ...forPeople },

  /** Poison records, and the positions of discarded batches: the subscription's on-failure queue. */
  FailedInvalidations: {
    fifo: false,
    visibilityTimeoutSeconds: 360,
    retentionSeconds: 14 * DAY_SECONDS,
    consumer: { file: "queue/redrive-invalidation", batchSize: 10, maximumConcurrency: 2 },
    /**
     * A day of retries, because the cache's store may be down for hours. Afterwards all entries have expired, unless
     * variables make them live for over a day.
     */
    deadLetters: { queue: "LostInvalidations", maxReceives: 240 },
  },
  LostInvalidations: { fifo: false, ...forPeople },

  /** Hits to be compared with the table: losing a check does not matter. */
  Verifications: {
    fifo: false,
    visibilityTimeoutSeconds: 60,
    retentionSeconds: 3_600,
    consumer: { file: "queue/verify-hits", batchSize: 10, maximumConcurrency: 2 },
    deadLetters: { queue: "UnreadableVerifications", maxReceives: 3 },
  },
  UnreadableVerifications: { fifo: false, ...forPeople },

  /** Runs of a schedule that did not reach their function, or failed there each time. */
  MissedRuns: { fifo: false, ...forPeople },
} as const satisfies Record<string, Queue>;

export type QueueName = keyof typeof queues;

type Consumed = Extract<(typeof queues)[QueueName], { consumer: object }>;

/** Every function that a queue feeds. */
export type QueueFile = Consumed["consumer"]["file"];

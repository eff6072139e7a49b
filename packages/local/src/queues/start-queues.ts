import { setTimeout as timer } from "node:timers/promises";
import type { Clock } from "@algoitny/cache";
import type { Queue } from "@algoitny/functions/deployment/queues";
import type { Invoke } from "../invoke.ts";
import type { Closable } from "../start-together.ts";
import { type Consumer, startConsumer } from "./consumer.ts";
import { MessageQueue } from "./message-queue.ts";
import { startQueueServer } from "./sqs-server.ts";

export interface QueuesOptions {
  table: Readonly<Record<string, Queue>>;
  clock?: Clock;
  log?: (line: string) => void;
}

/** SQS on this machine: every queue of the table in functions/deployment/queues.ts, in memory, with SQS's protocol. */
export interface Queues {
  endpoint: string;
  /** Addresses of the queues by their names in the table. */
  urls: Readonly<Record<string, string>>;
  /** Returns a queue by its name in the table; throws for an unknown name. */
  queue(name: string): MessageQueue;
  /** Starts every consumer of the table. Closing the result waits for running batches. */
  consume(invoke: Invoke): Closable;
  /** Resolves when no queue with a consumer has a message that is being handled or can be delivered now. */
  drained(): Promise<void>;
  /** Sets the queues' clock forward, so that messages waiting for their next try are delivered at once. */
  skip(seconds: number): void;
  close(): Promise<void>;
}

const systemClock: Clock = {
  now: Date.now,
  monotonic: () => performance.now(),
  sleep: (ms, signal) =>
    timer(ms, undefined, { ref: false, ...(signal && { signal }) }).catch(() => undefined),
};

/** Starts the queues of `table`, empty. */
export async function startQueues(options: QueuesOptions): Promise<Queues> {
  const { table, clock: real = systemClock, log = () => {} } = options;
  let skippedMs = 0;
  const clock: Clock = {
    now: () => real.now() + skippedMs,
    monotonic: () => real.monotonic() + skippedMs,
    sleep: (ms, signal) => real.sleep(ms, signal),
  };
  const byName = createQueues(table, clock);
  const queues = new Map([...byName.values()].map((queue) => [queue.settings.name, queue]));
  const server = await startQueueServer(queues);
  const consumers: Consumer[] = [];

  function queueOf(name: string): MessageQueue {
    const queue = byName.get(name);
    if (queue) return queue;
    throw new Error(`there is no queue ${name}: there are ${[...byName.keys()].join(", ")}`);
  }

  return {
    endpoint: server.endpoint,
    urls: Object.fromEntries(
      [...byName].map(([name, { settings }]) => [name, server.urlOf(settings.name)]),
    ),
    queue: queueOf,
    consume(invoke) {
      for (const [name, { consumer }] of Object.entries(table)) {
        if (!consumer) continue;
        const { file, ...limits } = consumer;
        consumers.push(
          startConsumer({
            queue: queueOf(name),
            ...limits,
            invoke: (event) => invoke(file, event),
            log: (line) => log(`${name}: ${line}`),
          }),
        );
      }
      return {
        async close() {
          await Promise.all(consumers.map((consumer) => consumer.close()));
        },
      };
    },
    async drained() {
      // Checks all queues again until none has work: one queue's consumer may send to another queue.
      do await Promise.all(consumers.map((consumer) => consumer.drained()));
      while (consumers.some(({ isIdle }) => !isIdle));
    },
    skip(seconds) {
      skippedMs += seconds * 1_000;
      for (const queue of byName.values()) queue.wake();
    },
    close: () => server.close(),
  };
}

/** Creates dead-letter queues first, because the other queues refer to them. */
function createQueues(
  table: QueuesOptions["table"],
  clock: Clock,
): ReadonlyMap<string, MessageQueue> {
  const made = new Map<string, MessageQueue>();
  const create = (name: string): MessageQueue => {
    const known = made.get(name);
    const queue = table[name];
    if (known) return known;
    if (!queue)
      throw new Error(`the table of queues names the dead-letter queue ${name}, but has none`);
    const { deadLetters, fifo, visibilityTimeoutSeconds, retentionSeconds } = queue;
    const created = new MessageQueue(
      {
        name: fifo ? `${name}.fifo` : name,
        fifo,
        visibilityTimeoutSeconds,
        retentionSeconds,
        deadLetters: deadLetters && {
          queue: create(deadLetters.queue),
          maxReceives: deadLetters.maxReceives,
        },
      },
      clock,
    );
    made.set(name, created);
    return created;
  };
  for (const name of Object.keys(table)) create(name);
  return made;
}

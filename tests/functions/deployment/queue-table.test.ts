import { access } from "@algoitny/functions/deployment/access";
import { type Queue, queues } from "@algoitny/functions/deployment/queues";
import { subscriptions } from "@algoitny/functions/deployment/subscriptions";
import { timeoutSeconds } from "@algoitny/functions/deployment/timeouts";
import { describe, expect, test } from "vitest";

const table: Record<string, Queue> = queues;
const DAY_SECONDS = 86_400;

/** Settings that AWS would refuse, or that would lose messages. */
describe.each(Object.entries(table))("the queue %s", (_, queue) => {
  const { fifo, visibilityTimeoutSeconds, retentionSeconds, consumer, deadLetters } = queue;

  test("keeps its messages within SQS's limits, and longer than one try", () => {
    expect(retentionSeconds).toBeGreaterThan(visibilityTimeoutSeconds);
    expect(retentionSeconds).toBeGreaterThanOrEqual(60);
    expect(retentionSeconds).toBeLessThanOrEqual(14 * DAY_SECONDS);
  });

  test("has a dead-letter queue of the same kind, which keeps messages for operators, if the queue has a consumer", () => {
    expect(deadLetters === undefined).toBe(consumer === undefined);
    const target = deadLetters && table[deadLetters.queue];
    expect(target?.fifo ?? fifo).toBe(fifo);
    expect(target?.consumer).toBeUndefined();
    expect((target ?? queue).retentionSeconds).toBe(14 * DAY_SECONDS);
  });

  test("triggers its function within Lambda's limits", () => {
    const { batchSize = 1, maximumConcurrency = 2 } = consumer ?? {};
    expect(batchSize).toBeLessThanOrEqual(10);
    expect(maximumConcurrency).toBeGreaterThanOrEqual(2);
    const leastSeconds = consumer ? timeoutSeconds.queue : 0;
    expect(visibilityTimeoutSeconds).toBeGreaterThanOrEqual(leastSeconds);
  });
});

test("discarded stream batches go to a standard queue of the table: Lambda accepts no other", () => {
  for (const { onFailure } of Object.values(subscriptions))
    expect(table[onFailure]?.fifo).toBe(false);
});

test("every queue with a consumer gets messages from a function, or from Lambda itself", () => {
  const sent = new Set(Object.values(access).flatMap(({ sends = [] }) => sends));
  const consumed = Object.entries(table).flatMap(([name, { consumer }]) =>
    consumer ? [name] : [],
  );
  expect([...sent].toSorted()).toEqual(consumed.toSorted());
});

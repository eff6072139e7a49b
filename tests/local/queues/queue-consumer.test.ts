import type { SQSEvent } from "aws-lambda";
import { VirtualClock } from "@algoitny/cache/testing";
import { startConsumer } from "@algoitny/local/queues/consumer";
import { MessageQueue } from "@algoitny/local/queues/message-queue";
import { afterEach, describe, expect, test } from "vitest";
import { gate } from "../../support/test-cache.ts";

const VISIBILITY_MS = 30_000;
const closing: (() => Promise<void>)[] = [];
afterEach(() => Promise.all(closing.splice(0).map((close) => close())));

type Answer = (bodies: string[], event: SQSEvent) => unknown;

function setup(answer: Answer, options: { fifo?: boolean; maximumConcurrency?: number } = {}) {
  const { fifo = false, maximumConcurrency = 1 } = options;
  const clock = new VirtualClock();
  const base = { fifo, visibilityTimeoutSeconds: 30, retentionSeconds: 3_600 };
  const dead = new MessageQueue({ ...base, name: "Dead" }, clock);
  const deadLetters = { queue: dead, maxReceives: 2 };
  const queue = new MessageQueue({ ...base, name: "Work", deadLetters }, clock);
  const batches: string[][] = [];
  const lines: string[] = [];
  const consumer = startConsumer({
    queue,
    batchSize: 3,
    maximumConcurrency,
    log: (line) => lines.push(line),
    async invoke(event) {
      const bodies = event.Records.map(({ body }) => body);
      batches.push(bodies);
      return answer(bodies, event);
    },
  });
  closing.push(() => consumer.close());
  const send = (...bodies: string[]) => {
    for (const body of bodies)
      queue.send({ body, ...(fifo && { groupId: body[0], deduplicationId: body }) });
  };
  return { clock, queue, dead, consumer, batches, lines, send };
}

const failing =
  (...bad: string[]): Answer =>
  (_, { Records }) => ({
    batchItemFailures: Records.filter(({ body }) => bad.includes(body)).map(({ messageId }) => ({
      itemIdentifier: messageId,
    })),
  });

describe("a queue's consumer", () => {
  test("gets Lambda's events in batches, and handled messages are deleted", async () => {
    let seen: SQSEvent | undefined;
    const { send, consumer, batches, queue } = setup((_, event) => {
      seen ??= event;
    });
    send("1", "2", "3", "4");
    await consumer.drained();
    expect(batches).toEqual([["1", "2", "3"], ["4"]]);
    expect(queue.messages()).toEqual([]);
    expect(seen?.Records[0]).toMatchObject({
      body: "1",
      eventSource: "aws:sqs",
      eventSourceARN: "arn:aws:sqs:us-east-1:000000000000:Work",
      attributes: { ApproximateReceiveCount: "1" },
    });
  });

  test("gets the reported messages again alone, after the visibility timeout, until they go to the dead-letter queue", async () => {
    const { clock, send, consumer, batches, dead, lines } = setup(failing("bad"));
    send("good", "bad");
    await consumer.drained();
    await clock.advance(VISIBILITY_MS - 1);
    expect(batches).toEqual([["good", "bad"]]);
    await clock.advance(1);
    await consumer.drained();
    expect(batches).toEqual([["good", "bad"], ["bad"]]);
    await clock.advance(VISIBILITY_MS);
    await consumer.drained();
    expect(batches).toHaveLength(2);
    expect(dead.messages().map(({ body }) => body)).toEqual(["bad"]);
    expect(lines[0]).toBe("1 of 2 messages failed; next try in 30 s");
  });

  test.each<[string, Answer]>([
    ["throws", () => Promise.reject(new Error("boom"))],
    ["reports an unknown message", () => ({ batchItemFailures: [{ itemIdentifier: "other" }] })],
    ["answers with no list", () => ({ batchItemFailures: "none" })],
  ])("that %s gets the whole batch again", async (_, answer) => {
    const { clock, send, consumer, batches } = setup(answer);
    send("1", "2");
    await consumer.drained();
    await clock.advance(VISIBILITY_MS);
    await consumer.drained();
    expect(batches).toEqual([
      ["1", "2"],
      ["1", "2"],
    ]);
  });

  test("handles groups concurrently, each in its order", async () => {
    const slow = gate();
    const { send, consumer, batches } = setup(
      (bodies) => (bodies.includes("a1") ? slow.promise : undefined),
      { fifo: true, maximumConcurrency: 2 },
    );
    send("a1");
    await expect.poll(() => batches).toEqual([["a1"]]);
    send("a2", "b1");
    await expect.poll(() => batches).toEqual([["a1"], ["b1"]]);
    expect(consumer.isIdle).toBe(false);
    slow.resolve();
    await consumer.drained();
    expect(batches).toEqual([["a1"], ["b1"], ["a2"]]);
  });

  test("receives no more messages once it is closed, and finishes those that it has", async () => {
    const slow = gate();
    const { send, consumer, batches, queue } = setup(() => slow.promise);
    send("1", "2", "3", "4");
    await expect.poll(() => batches).toHaveLength(1);
    const closed = consumer.close();
    slow.resolve();
    await closed;
    expect(queue.messages().map(({ body }) => body)).toEqual(["4"]);
  });
});

describe("a consumer continues after", () => {
  test.each([
    ["a list of null", [null]],
    ["a list of texts", ["id"]],
    ["an item without an identifier", [{}]],
    ["an empty identifier", [{ itemIdentifier: "" }]],
    ["an identifier that is null", [{ itemIdentifier: null }]],
    ["an unknown identifier", [{ itemIdentifier: "unknown" }]],
    ["no list at all", "all of them"],
  ])("%s, which fails the whole batch", async (_, batchItemFailures) => {
    const answers: unknown[] = [{ batchItemFailures }];
    const { clock, send, consumer, batches, queue } = setup(() => answers.shift());
    send("1", "2");
    await consumer.drained();
    await clock.advance(VISIBILITY_MS);
    await consumer.drained();
    expect(batches).toEqual([
      ["1", "2"],
      ["1", "2"],
    ]);
    expect(queue.messages()).toEqual([]);
  });

  test.each([
    ["a text"],
    [7],
    [true],
    [[]],
    [{ batchItemFailures: [] }],
    [{ batchItemFailures: null }],
  ])("%j, which is success", async (answer) => {
    const { send, consumer, queue } = setup(() => answer);
    send("1");
    await consumer.drained();
    expect(queue.messages()).toEqual([]);
  });

  test("a FIFO message that is delivered again while it is being handled", async () => {
    const runs = [gate(), gate()];
    const { clock, send, consumer, batches, lines, queue } = setup(
      () => runs[batches.length - 1]?.promise,
      { fifo: true, maximumConcurrency: 2 },
    );
    send("a1");
    await expect.poll(() => batches).toEqual([["a1"]]);
    await clock.advance(VISIBILITY_MS);
    await expect.poll(() => batches).toEqual([["a1"], ["a1"]]);
    runs[0]?.resolve(); // its receipt handle has expired
    await expect.poll(() => lines).toHaveLength(1);
    expect(lines[0]).toMatch(/ was handled and not deleted: The receipt handle has expired\.$/);
    runs[1]?.resolve();
    await consumer.drained();
    expect(queue.messages()).toEqual([]);
  });
});

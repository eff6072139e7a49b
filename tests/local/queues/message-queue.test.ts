import { VirtualClock } from "@algoitny/cache/testing";
import { MessageQueue, type QueueSettings } from "@algoitny/local/queues/message-queue";
import { describe, expect, test } from "vitest";

const SECOND_MS = 1_000;

function setup(settings: Partial<QueueSettings> = {}) {
  const clock = new VirtualClock();
  const base = { fifo: false, visibilityTimeoutSeconds: 30, retentionSeconds: 3_600 };
  const dead = new MessageQueue({ ...base, fifo: settings.fifo ?? false, name: "dead" }, clock);
  const deadLetters = { queue: dead, maxReceives: 2 };
  const queue = new MessageQueue({ ...base, name: "queue", deadLetters, ...settings }, clock);
  const take = (max = 10) => queue.receive(max).map(({ message }) => message.body);
  return { clock, queue, dead, take };
}

function fifo(settings: Partial<QueueSettings> = {}) {
  const parts = setup({ fifo: true, ...settings });
  const send = (body: string, groupId = "a", deduplicationId = body) =>
    parts.queue.send({ body, groupId, deduplicationId });
  return { ...parts, send };
}

describe("a standard queue", () => {
  test("delivers a message once, until it is deleted or its visibility timeout is over", () => {
    const { queue, clock, take } = setup();
    queue.send({ body: "one" });
    expect(take()).toEqual(["one"]);
    expect(take()).toEqual([]);
    clock.jump(30 * SECOND_MS);
    const [again] = queue.receive(1);
    expect(again?.message).toMatchObject({ body: "one", receives: 2 });
    queue.delete(again?.receiptHandle ?? "");
    clock.jump(30 * SECOND_MS);
    expect(take()).toEqual([]);
  });

  test("moves a message to the dead-letter queue, with its id, after the maximum number of receives", () => {
    const { queue, dead, clock, take } = setup();
    const { messageId } = queue.send({ body: "bad" });
    for (let receives = 0; receives < 2; receives += 1) {
      expect(take()).toEqual(["bad"]);
      clock.jump(30 * SECOND_MS);
    }
    expect(take()).toEqual([]);
    expect(queue.messages()).toEqual([]);
    expect(dead.receive(1)[0]?.message).toMatchObject({ body: "bad", messageId, receives: 1 });
  });

  test("drops a message after the retention period", () => {
    const { queue, clock } = setup();
    queue.send({ body: "old" });
    clock.jump(3_600 * SECOND_MS);
    expect(queue.messages()).toHaveLength(1);
    clock.jump(1);
    expect(queue.messages()).toEqual([]);
  });

  test("delivers a delayed message when its delay is over", () => {
    const { queue, clock, take } = setup();
    queue.send({ body: "later", delaySeconds: 60 });
    clock.jump(59 * SECOND_MS);
    expect(take()).toEqual([]);
    clock.jump(SECOND_MS);
    expect(take()).toEqual(["later"]);
  });

  test("accepts bodies of up to 1 MiB", () => {
    const { queue } = setup();
    expect(() => queue.send({ body: "x".repeat(1_048_577) })).toThrow("shorter than 1048576");
    queue.send({ body: "x".repeat(1_048_576) });
    expect(queue.counts).toEqual({ visible: 1, hidden: 0 });
  });

  test("resolves whenReady once a message can be delivered, a new one or one whose time has come", async () => {
    const { queue, clock, take } = setup();
    const events: string[] = [];
    const waitFor = (name: string) =>
      queue.whenReady(new AbortController().signal).then(() => events.push(name));
    const sent = waitFor("sent");
    await clock.advance(0);
    queue.send({ body: "one" });
    await sent;
    take();
    const timedOut = waitFor("visible again");
    await clock.advance(29 * SECOND_MS);
    expect(events).toEqual(["sent"]);
    await clock.advance(SECOND_MS);
    await timedOut;
    expect(events).toEqual(["sent", "visible again"]);
  });
});

describe("a FIFO queue", () => {
  test("drops a message whose de-duplication id its group has had within 5 minutes; another group accepts it", () => {
    const { send, clock, take, queue } = fifo();
    const first = send("one", "a", "id");
    expect(send("other body", "a", "id")).toEqual(first);
    expect(send("other body", "b", "id")).not.toEqual(first);
    for (const { receiptHandle } of queue.receive(10)) queue.delete(receiptHandle);
    clock.jump(5 * 60 * SECOND_MS - 1);
    send("still known", "a", "id");
    expect(take()).toEqual([]);
    clock.jump(1);
    send("new", "a", "id");
    expect(take()).toEqual(["new"]);
  });

  test("requires a group and a de-duplication id, which a standard queue refuses", () => {
    expect(() => fifo().queue.send({ body: "x", groupId: "a" })).toThrow("MessageDeduplicationId");
    expect(() => fifo().queue.send({ body: "x", deduplicationId: "1" })).toThrow("MessageGroupId");
    expect(() => setup().queue.send({ body: "x", deduplicationId: "1" })).toThrow("not valid");
  });

  test("delivers a group in order, and no message of it while another is being handled", () => {
    const { send, queue, take } = fifo();
    for (const body of ["a1", "a2", "a3"]) send(body, "a");
    send("b1", "b");
    const [first] = queue.receive(1);
    expect(first?.message.body).toBe("a1");
    expect(take()).toEqual(["b1"]);
    queue.delete(first?.receiptHandle ?? "");
    expect(take(1)).toEqual(["a2"]);
    expect(take()).toEqual([]);
  });

  test("delivers a failed message again before those behind it, and in the end moves it to the dead-letter queue", () => {
    const { send, clock, take, dead } = fifo();
    send("bad");
    send("good");
    for (let receives = 0; receives < 2; receives += 1) {
      expect(take(1)).toEqual(["bad"]);
      clock.jump(30 * SECOND_MS);
    }
    expect(take()).toEqual(["good"]);
    expect(dead.messages().map(({ body, groupId }) => [body, groupId])).toEqual([["bad", "a"]]);
  });

  test("refuses to delete by a receipt handle that has expired", () => {
    const { send, queue, clock } = fifo();
    send("one");
    const [old] = queue.receive(1);
    clock.jump(30 * SECOND_MS);
    const [current] = queue.receive(1);
    expect(() => queue.delete(old?.receiptHandle ?? "")).toThrow("expired");
    queue.delete(current?.receiptHandle ?? "");
    expect(queue.messages()).toEqual([]);
  });
});

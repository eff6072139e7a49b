import { createRefreshQueue } from "@algoitny/functions/refreshing/refresh-queue";
import type { OutgoingMessage } from "@algoitny/functions/sqs";
import { describe, expect, test } from "vitest";

const MINUTE_MS = 60_000;
const url = "https://queue.example.com/Refreshes.fifo";
const task = (key = "view:1", entryId = "first") => ({
  resource: "view",
  key,
  params: { id: 1 },
  entryId,
});

function setup() {
  const sent: OutgoingMessage[] = [];
  let nowMs = 0;
  let broken = false;
  const defer = createRefreshQueue({
    url,
    now: () => nowMs,
    async send(message) {
      await Promise.resolve();
      if (broken) throw new Error("no queue");
      sent.push(message);
    },
  });
  return {
    defer,
    sent,
    pass: (ms: number) => (nowMs += ms),
    fail: (now: boolean) => (broken = now),
  };
}

describe("a process that reads stale entries", () => {
  test("sends one message for an entry, however many readers find it stale", async () => {
    const { defer, sent } = setup();
    await Promise.all(Array.from({ length: 100 }, () => defer(task())));
    expect(sent.map(({ body }) => JSON.parse(body))).toEqual([task()]);
  });

  test("makes the de-duplication id from key and entry id, and the group from the key, within SQS's limits", async () => {
    const { defer, sent } = setup();
    await defer(task("a"));
    await defer(task("a", "second"));
    await defer(task("b"));
    const [a1, a2, b] = sent;
    expect(a1?.groupId).toBe(a2?.groupId);
    expect(new Set([a1, a2, b].map((each) => each?.deduplicationId)).size).toBe(3);
    for (const { deduplicationId = "", groupId = "" } of sent)
      expect([deduplicationId, groupId].every((id) => /^[\w-]{1,128}$/.test(id))).toBe(true);
    const other = setup();
    await other.defer(task("a"));
    expect(other.sent).toEqual([a1]);
  });

  test("spreads keys over at most 64 groups", async () => {
    const { defer, sent } = setup();
    for (let index = 0; index < 2_000; index += 1) await defer(task(`view:${index}`));
    expect(new Set(sent.map(({ groupId }) => groupId)).size).toBe(64);
  });

  test("sends another message after 5 minutes, when the queue would accept it again", async () => {
    const { defer, sent, pass } = setup();
    await defer(task());
    pass(5 * MINUTE_MS - 1);
    await defer(task());
    expect(sent).toHaveLength(1);
    pass(1);
    await defer(task());
    expect(sent).toHaveLength(2);
  });

  test("rejects to the reader when the message could not be sent, and sends it again next time", async () => {
    const { defer, sent, fail } = setup();
    fail(true);
    await expect(defer(task())).rejects.toThrow("no queue");
    fail(false);
    await defer(task());
    expect(sent).toHaveLength(1);
  });
});

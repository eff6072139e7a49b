import type { OutgoingMessage } from "@algoitny/functions/sqs";
import {
  createSampler,
  readVerifyPerMinute,
  verifyThrough,
} from "@algoitny/functions/verifying/sample-hits";
import { createAllowance } from "@algoitny/functions/verifying/verify-batch";
import { seededRandom } from "@algoitny/cache/testing/explore";
import { expect, test } from "vitest";

const TASK = { resource: "problem_list", key: "problem_list:1", params: {}, entryId: "one" };

/** A clock that a test moves. */
function timer() {
  let nowMs = 1_000;
  return { now: () => nowMs, wait: (ms: number) => (nowMs += ms) };
}

test("hits are checked at a rate that does not depend on their number", () => {
  const { now, wait } = timer();
  const sampler = createSampler(60, now, seededRandom(1));
  let taken = 0;
  for (let hit = 0; hit < 60_000; hit += 1) {
    if (sampler.takes("problem_list")) taken += 1;
    wait(10);
  }
  // Ten minutes of a stage that checks 60 hits a minute, a tenth of them in this process.
  expect(taken).toBeGreaterThan(54);
  expect(taken).toBeLessThan(66);
});

test("a resource with one hit in a thousand is checked as often as a busy one", () => {
  const { now, wait } = timer();
  const sampler = createSampler(60, now, seededRandom(1));
  const taken = { busy: 0, rare: 0 };
  for (let hit = 0; hit < 60_000; hit += 1) {
    const resource = hit % 1_000 === 0 ? "rare" : "busy";
    if (sampler.takes(resource)) taken[resource] += 1;
    wait(10);
  }
  expect(taken.rare).toBeGreaterThan(20);
  expect(taken.busy).toBeGreaterThan(20);
  expect(taken.rare + taken.busy).toBeLessThan(66);
});

test("between two checks a hit sends no message; a follow-up check is sent at once, delayed by the queue, and is not sampled", async () => {
  const { now, wait } = timer();
  const sent: OutgoingMessage[] = [];
  const send = async (message: OutgoingMessage) => void sent.push(message);
  const verify = verifyThrough({ url: "queue", send, perMinute: 60, now });
  expect(verify.rate).toBe(1);
  await verify.enqueue(TASK, 0);
  expect(verify.rate).toBe(0);
  await verify.enqueue(TASK, 0);
  await verify.enqueue({ ...TASK, differsSinceMs: 5 }, 9_500);
  wait(15_000);
  expect(verify.rate).toBe(1);
  expect(sent).toEqual([
    { url: "queue", body: JSON.stringify(TASK) },
    { url: "queue", body: JSON.stringify({ ...TASK, differsSinceMs: 5 }), delaySeconds: 10 },
  ]);
});

test("an instance makes no more checks a minute than allowed, however many messages arrive", () => {
  const { now, wait } = timer();
  const mayCheck = createAllowance(3, now);
  const takenOf = (count: number) => Array.from({ length: count }, mayCheck).filter(Boolean).length;
  expect(takenOf(100)).toBe(3);
  wait(20_000);
  expect(takenOf(100)).toBe(1);
  wait(3_600_000);
  expect(takenOf(100)).toBe(3);
});

test("a share of half a check a minute lets one through every two minutes, and a share of none lets none", () => {
  const { now, wait } = timer();
  const [half, none] = [createAllowance(0.5, now), createAllowance(0, now)];
  const minutes = Array.from({ length: 6 }, () => {
    const mayCheck = [half(), half(), none()];
    wait(60_000);
    return mayCheck.filter(Boolean).length;
  });
  expect(minutes).toEqual([1, 0, 1, 0, 1, 0]);
});

test("CACHE_VERIFY_PER_MINUTE sets the number of checks", () => {
  expect(readVerifyPerMinute({})).toBe(6);
  expect(readVerifyPerMinute({ CACHE_VERIFY_PER_MINUTE: "" })).toBe(6);
  expect(readVerifyPerMinute({ CACHE_VERIFY_PER_MINUTE: "0" })).toBe(0);
  expect(readVerifyPerMinute({ CACHE_VERIFY_PER_MINUTE: "600" })).toBe(600);
});

test.each(["-1", "1.5", "six", "6001"])("%s checks a minute are refused", (text) => {
  expect(() => readVerifyPerMinute({ CACHE_VERIFY_PER_MINUTE: text })).toThrow(
    `CACHE_VERIFY_PER_MINUTE=${text}: write a whole number from 0 (no checks) to 6000`,
  );
});

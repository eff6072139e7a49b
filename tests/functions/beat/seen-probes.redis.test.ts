import { createSeenProbes } from "@algoitny/functions/beat/seen-probes";
import { afterAll, beforeAll, expect, test } from "vitest";
import { testUpstash, type TestUpstash } from "../../support/test-upstash.ts";

let upstash: TestUpstash;
beforeAll(async () => {
  upstash = await testUpstash();
});
afterAll(() => upstash.close());

test("the time of each probe's last arrival is returned; recording and reading take one command each", async () => {
  const [one, other] = [createSeenProbes(upstash, 10_000), createSeenProbes(upstash, 10_000)];
  const before = upstash.stats().commands;
  await one.note([
    { number: 0, sent_ms: 1_000 },
    { number: 2, sent_ms: 1_000 },
  ]);
  await other.note([{ number: 2, sent_ms: 2_000 }]);
  expect(await other.read(4)).toEqual([1_000, 0, 2_000, 0]);
  expect(upstash.stats().commands - before).toBe(3);
});

test("a Redis without recorded probes is reported as such", async () => {
  await upstash.client().flushall();
  expect(await createSeenProbes(upstash, 10_000).read(2)).toEqual([0, 0]);
});

import { handleBatch } from "@algoitny/local/streams/stream-batch";
import { failureRecord, type GivenUp } from "@algoitny/local/streams/destination";
import type { Entry } from "@algoitny/local/streams/record";
import { subscriptionSettings, type Subscription } from "@algoitny/local/streams/subscription";
import { describe, expect, test } from "vitest";
import { START_MS, entriesOf, keysOf } from "./support/test-stream.ts";

type Answer = (keys: string[], call: number) => unknown;

/** Handles one batch of keys on a clock that only back-off moves; returns the events in order. */
async function handle(
  keys: string[],
  limits: Partial<Subscription>,
  answer: Answer,
  ageMs = 0,
  entries = entriesOf(...keys),
) {
  const calls: string[] = [];
  const settled: string[] = [];
  const given: GivenUp[] = [];
  const sleeps: number[] = [];
  let nowMs = START_MS + ageMs;
  await handleBatch(entries, {
    settings: subscriptionSettings("Test", { file: "stream/test", ...limits }),
    // oxlint-disable-next-line typescript/require-await -- a throwing answer has to become a rejection
    invoke: async (event) => {
      calls.push(keysOf(event).join(""));
      return answer(keysOf(event), calls.length);
    },
    now: () => nowMs,
    sleep: (ms) => {
      sleeps.push(ms);
      nowMs += ms;
      return Promise.resolve();
    },
    signal: new AbortController().signal,
    settle: (done) => settled.push(...done.map(({ item }) => /"S":"(\w)"/.exec(item)?.[1] ?? "")),
    giveUp: (failure) => Promise.resolve(void given.push(failure)),
    log: () => {},
  });
  const gaveUp = given.map((failure) =>
    failure.entries.map((entry) => entry.sequenceNumber).join(),
  );
  return { calls, settled: settled.join(""), given, gaveUp, sleeps };
}

const failures = (...identifiers: unknown[]) => ({
  batchItemFailures: identifiers.map((itemIdentifier) => ({ itemIdentifier })),
});
const poison: Answer = (keys) => {
  if (keys.includes("p")) throw new Error("poison");
};

describe("a handler's answer", () => {
  test.each([undefined, null, {}, failures(), { batchItemFailures: null }, "done"])(
    "of %j is success",
    async (answer) => {
      const { calls, settled } = await handle(["a", "b"], {}, () => answer);
      expect({ calls, settled }).toEqual({ calls: ["ab"], settled: "ab" });
    },
  );

  test("with failed items is followed by a retry that begins at the first of them", async () => {
    const { calls, settled } = await handle(["a", "b", "c", "d"], {}, (_keys, call) =>
      call === 1 ? failures("4", "3") : undefined,
    );
    expect({ calls, settled }).toEqual({ calls: ["abcd", "cd"], settled: "abcd" });
  });

  test.each([
    failures(""),
    failures(null),
    failures("99"),
    failures("3", "99"),
    { batchItemFailures: [{ id: "3" }] },
    { batchItemFailures: "3" },
  ])("with invalid identifiers fails the whole batch: %j", async (answer) => {
    const { calls } = await handle(["a", "b", "c"], {}, (_keys, call) =>
      call === 1 ? answer : undefined,
    );
    expect(calls).toEqual(["abc", "abc"]);
  });
});

describe("a failing batch", () => {
  test("is tried again until it succeeds, with pauses that grow up to a second", async () => {
    const { calls, sleeps, settled } = await handle(["a"], {}, (_keys, call) => {
      if (call < 7) throw new Error("not yet");
    });
    expect(calls).toHaveLength(7);
    expect(sleeps).toEqual([100, 200, 400, 800, 1_000, 1_000]);
    expect(settled).toBe("a");
  });

  test("is discarded after its retries, without being split", async () => {
    const { calls, gaveUp, settled, given } = await handle(
      ["a", "p", "b"],
      { maximumRetryAttempts: 2 },
      poison,
    );
    expect(calls).toEqual(["apb", "apb", "apb"]);
    expect(gaveUp).toEqual(["1,2,3"]);
    expect(settled).toBe("apb");
    expect(given[0]).toMatchObject({
      condition: "RetryAttemptsExhausted",
      invokeCount: 3,
      threw: true,
    });
  });

  test("with no retries is tried once", async () => {
    expect((await handle(["p"], { maximumRetryAttempts: 0 }, poison)).calls).toEqual(["p"]);
  });

  test("is halved in order until the poison record is alone, which uses up no retry", async () => {
    const limits = { maximumRetryAttempts: 1, bisectBatchOnFunctionError: true };
    const { calls, gaveUp, settled } = await handle(["a", "b", "p", "d", "e"], limits, poison);
    expect(calls).toEqual(["abpde", "abp", "ab", "p", "p", "de"]);
    expect(gaveUp).toEqual(["3"]);
    expect(settled).toBe("abpde");
  });

  test("is split at the reported record when it reports one", async () => {
    const limits = { maximumRetryAttempts: 1, bisectBatchOnFunctionError: true };
    const { calls, gaveUp } = await handle(["a", "b", "p", "d", "e"], limits, (keys) =>
      keys.includes("p") ? failures("3") : undefined,
    );
    expect(calls).toEqual(["abpde", "pde", "pd", "p", "p", "d", "e"]);
    expect(gaveUp).toEqual(["3"]);
  });

  test("loses the records that have become too old, and the others are handled", async () => {
    const limits = { maximumRecordAgeSeconds: 60 };
    const fresh = await handle(["a"], limits, () => undefined, 60_000);
    expect(fresh.calls).toEqual(["a"]);

    const old = await handle(["a", "b"], limits, () => undefined, 60_001);
    expect(old.calls).toEqual([]);
    expect(old.given[0]).toMatchObject({ condition: "RecordAgeExceeded", invokeCount: 0 });
    expect(old.settled).toBe("ab");

    const [first, ...others] = entriesOf("a", "b", "c") as [Entry, ...Entry[]];
    const mixed = [{ ...first, createdMs: first.createdMs - 1 }, ...others];
    const some = await handle([], limits, () => undefined, 60_000, mixed);
    expect([some.gaveUp, some.calls, some.settled]).toEqual([["1"], ["bc"], "abc"]);
  });

  test("is retried until its records are too old when the number of retries is unlimited", async () => {
    const { given, sleeps } = await handle(["p"], { maximumRecordAgeSeconds: 60 }, poison);
    expect(given[0]).toMatchObject({ condition: "RecordAgeExceeded", invokeCount: sleeps.length });
    expect(sleeps.reduce((sum, ms) => sum + ms, 0)).toBeGreaterThan(60_000);
  });
});

test("the message in the failure queue is the one that Lambda sends to SQS", () => {
  const [first, second] = entriesOf("a", "b");
  if (first === undefined || second === undefined) throw new Error("no entries");
  const given: GivenUp = {
    entries: [first, second],
    condition: "RetryAttemptsExhausted",
    invokeCount: 3,
    threw: true,
  };
  const stream = { arn: "arn:stream", shardId: "shardId-1" };
  const note = failureRecord("Invalidate", stream, given, START_MS + 500);
  expect(note).toEqual({
    requestContext: {
      requestId: expect.stringMatching(/^[\da-f-]{36}$/),
      functionArn: "arn:aws:lambda:us-east-1:000000000000:function:Invalidate",
      condition: "RetryAttemptsExhausted",
      approximateInvokeCount: 3,
    },
    responseContext: { statusCode: 200, executedVersion: "$LATEST", functionError: "Unhandled" },
    version: "1.0",
    timestamp: "2026-11-22T12:00:30.500Z",
    DDBStreamBatchInfo: {
      shardId: "shardId-1",
      startSequenceNumber: "1",
      endSequenceNumber: "2",
      approximateArrivalOfFirstRecord: "2026-11-22T12:00:30Z",
      approximateArrivalOfLastRecord: "2026-11-22T12:00:30Z",
      batchSize: 2,
      streamArn: "arn:stream",
    },
  });
  const never = failureRecord(
    "Invalidate",
    stream,
    { ...given, invokeCount: 0, threw: false },
    START_MS,
  );
  expect(never).not.toHaveProperty("responseContext");
  const reported = failureRecord("Invalidate", stream, { ...given, threw: false }, START_MS);
  expect(reported.responseContext).toEqual({ statusCode: 200, executedVersion: "$LATEST" });
});

test("the error for a subscription that AWS would refuse names each wrong value", () => {
  const wrong = {
    file: "stream/x",
    batchSize: 0,
    parallelizationFactor: 11,
    maximumRecordAgeSeconds: 5,
  };
  expect(() => subscriptionSettings("Invalidate", wrong)).toThrow(
    /subscription Invalidate cannot be deployed:[\s\S]*batchSize[\s\S]*parallelizationFactor[\s\S]*maximumRecordAgeSeconds/,
  );
});

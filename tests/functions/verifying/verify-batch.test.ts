import type { Judgement, VerifyTask } from "@algoitny/cache";
import { runInScope, type Scope } from "@algoitny/functions/telemetry/scope";
import { createLog } from "@algoitny/functions/telemetry/logger";
import { verifyBatch } from "@algoitny/functions/verifying/verify-batch";
import type { SQSEvent } from "aws-lambda";
import { expect, test } from "vitest";

const task = (problem: number, more: object = {}) => ({
  resource: "test_cases",
  key: `test_cases:problem:${problem}`,
  params: { problem, admin: false },
  entryId: "one",
  ...more,
});

/** Runs a batch with the verdicts in turn. */
async function run(
  bodies: readonly unknown[],
  verdicts: readonly (Partial<Judgement> | Error)[],
  { mayCheck = true } = {},
) {
  const left = [...verdicts];
  const checked: VerifyTask[] = [];
  const lines: Record<string, unknown>[] = [];
  const scope: Scope = { ids: {}, values: new Map() };
  const event = {
    Records: bodies.map((body, index) => ({
      messageId: `message-${index}`,
      body: typeof body === "string" ? body : JSON.stringify(body),
    })),
  } as SQSEvent;
  const result = await runInScope(scope, () =>
    verifyBatch(event, {
      cache: {
        async runVerifyTask(given) {
          checked.push(given);
          const next = left.shift();
          if (next instanceof Error) throw next;
          return { verdict: "agrees", windowMs: 0, againMs: null, ...next };
        },
      },
      source: { tables: () => Promise.reject(), catalogue: () => Promise.reject() },
      log: createLog((line) => lines.push(JSON.parse(line))),
      keyId: (key) => `id of ${key}`,
      remainingMs: () => 1_000,
      mayCheck: () => mayCheck,
    }),
  );
  const failed = result.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
  return { failed, checked, lines, metrics: Object.fromEntries(scope.values) };
}

test("verdicts are counted; a stale entry is logged with its key, and counts as a stale hit after a minute", async () => {
  const { failed, metrics, lines } = await run(
    [1, 2, 3, 4, 5].map((problem) => task(problem)),
    [
      { verdict: "agrees" },
      { verdict: "overtaken" },
      { verdict: "suspect" },
      { verdict: "stale", windowMs: 10_000 },
      { verdict: "stale", windowMs: 60_000 },
    ],
  );
  expect(failed).toEqual([]);
  expect(metrics).toEqual({ HitsVerified: [1], HitsOvertaken: [1], HitsStale: [1] });
  expect(lines).toMatchObject([
    { level: "error", key: "test_cases:problem:4", window_ms: 10_000 },
    { level: "error", key: "test_cases:problem:5", window_ms: 60_000 },
  ]);
});

test("drafts, whose lifetime is a minute, count as stale after ten seconds", async () => {
  const drafts = { resource: "problem_drafts", key: "problem_drafts:all", entryId: "one" };
  const { metrics } = await run([drafts], [{ verdict: "stale", windowMs: 10_000 }]);
  expect(metrics).toEqual({ HitsStale: [1] });
});

test("a check that fails is logged and not repeated; the others are made", async () => {
  const { failed, checked, lines } = await run(
    [task(1), task(2)],
    [new Error("no database"), { verdict: "agrees" }],
  );
  expect(failed).toEqual([]);
  expect(checked).toHaveLength(2);
  expect(lines).toMatchObject([{ level: "warn", error: { message: "no database" } }]);
});

test.each([
  ["no JSON", "{"],
  ["an unknown view", task(1, { resource: "nothing" })],
  ["parameters of another entry", task(1, { params: { problem: 2, admin: false } })],
])("a message with %s goes back to the queue", async (_, body) => {
  const { failed, checked } = await run([body, task(2)], []);
  expect(failed).toEqual(["message-0"]);
  expect(checked.map(({ key }) => key)).toEqual(["test_cases:problem:2"]);
});

test("beyond its allowance an instance begins no new checks, but continues those that have begun", async () => {
  const { failed, checked } = await run([task(1), task(2, { differsSinceMs: 5 })], [], {
    mayCheck: false,
  });
  expect(failed).toEqual([]);
  expect(checked).toMatchObject([{ key: "test_cases:problem:2", differsSinceMs: 5 }]);
});

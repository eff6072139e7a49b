import { armAt } from "@algoitny/core/experiment/arms";
import type { Experiment } from "@algoitny/core/experiment/experiment";
import { knownExperiments } from "@algoitny/core/experiment/running-experiments";
import { cached } from "@algoitny/functions/endpoint/answer";
import { noteCacheEvents } from "@algoitny/functions/telemetry/cache-events";
import { createLog } from "@algoitny/functions/telemetry/logger";
import { runInScope, type Scope } from "@algoitny/functions/telemetry/scope";
import { verifyBatch } from "@algoitny/functions/verifying/verify-batch";
import type { SQSEvent } from "aws-lambda";
import { afterAll, afterEach, beforeEach, expect, test, vi } from "vitest";
import { httpEvent } from "../support/http-events.ts";
import { context, setup, thing } from "../support/test-endpoint.ts";

// The event channel belongs to the process, in which other test files run too.
afterAll(noteCacheEvents());

const START = 1_800_000 * 3_600;
const experiment: Experiment = {
  view: "thing",
  id: "thing-1",
  state: "running",
  usual_seconds: 60,
  trial_seconds: 120,
  slot_seconds: 3_600,
  settling_seconds: 180,
  started_at: START - 1,
  ended_at: null,
  ended_because: null,
  read_units: 5,
};

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: START * 1_000 });
  await knownExperiments.learn("thing", async () => experiment);
});
afterEach(() => void vi.useRealTimers());

const ARM_METRICS = ["Hits", "Misses", "Loads", "Errors"];

/** Sends requests in sequence, and returns the log lines of arms. */
async function linesOf(ids: readonly string[]) {
  const { endpoint, metrics } = setup();
  let asked = 0;
  const handler = endpoint("GET /api/problems/", {}, async (_, { read }) =>
    cached(await read(thing, { id: ids[asked++] ?? "" }), "not found"),
  );
  for (const _ of ids) await handler(httpEvent(), context);
  return metrics.filter((line) => "arm" in line);
}

test("each request counts for its key's arm too, with its outcome and its load", async () => {
  vi.setSystemTime((START + 1_000) * 1_000);
  const lines = await linesOf(["a", "a", "b"]);
  const arm = (id: string) => armAt(experiment, `thing:id:${id}`, START + 1_000);
  const shown = lines.map((line) => [
    line["experiment"],
    line["arm"],
    ARM_METRICS.filter((name) => name in line),
  ]);
  expect(shown).toEqual([
    ["thing-1", arm("a"), ["Misses", "Loads"]],
    ["thing-1", arm("a"), ["Hits"]],
    ["thing-1", arm("b"), ["Misses", "Loads"]],
  ]);
});

test("an arm's metrics are separate from the service's, which count each request once", async () => {
  vi.setSystemTime((START + 1_000) * 1_000);
  const [line] = await linesOf(["a"]);
  expect(line).toMatchObject({
    _aws: { CloudWatchMetrics: [{ Dimensions: [["service", "experiment", "arm"]] }] },
  });
});

test("a request whose load fails counts as an error of its arm", async () => {
  vi.setSystemTime((START + 1_000) * 1_000);
  const lines = await linesOf(["broken"]);
  expect(lines.map((line) => ARM_METRICS.filter((name) => name in line))).toEqual([
    ["Loads", "Errors"],
  ]);
});

test("no request counts for an arm while entries of the previous slot may still be served", async () => {
  vi.setSystemTime((START + 100) * 1_000);
  expect(await linesOf(["a", "a"])).toEqual([]);
});

let lastStart = START;

/** Checks a hit of a key with the trial lifetime that has shown old data for some time. Returns the arm's counts. */
async function staleInTrial(trialSeconds: number, windowMs: number) {
  const view = "test_cases";
  // Each run is two hours later: a process does not read the state again within a minute.
  const start = (lastStart += 7_200);
  const tried = { ...experiment, view, usual_seconds: 901, trial_seconds: trialSeconds };
  vi.setSystemTime(start * 1_000);
  await knownExperiments.learn(view, async () => tried);
  vi.setSystemTime((start + 1_000) * 1_000);
  const keyOf = (problem: number) => `${view}:problem:${problem}`;
  const ids = Array.from({ length: 64 }, (_, index) => index + 1);
  const problem = ids.find((id) => armAt(tried, keyOf(id), start + 1_000) === "trial") ?? 0;
  const params = { problem, admin: false };
  const task = { resource: view, key: keyOf(problem), params, entryId: "one" };
  const scope: Scope = { ids: {}, values: new Map() };
  await runInScope(scope, () =>
    verifyBatch({ Records: [{ messageId: "1", body: JSON.stringify(task) }] } as SQSEvent, {
      cache: { runVerifyTask: async () => ({ verdict: "stale", windowMs, againMs: null }) },
      source: { tables: () => Promise.reject(), catalogue: () => Promise.reject() },
      log: createLog(() => {}),
      keyId: (key) => key,
      remainingMs: () => 1_000,
      mayCheck: () => true,
    }),
  );
  return [...(scope.arms?.values() ?? [])].map(({ of, values }) => [of.arm, [...values]]);
}

const ONE_STALE = [["trial", [["HitsStale", [1]]]]];

test("a stale hit counts for its key's arm too", async () => {
  expect(await staleInTrial(900, 60_000)).toEqual(ONE_STALE);
});

test("a stale hit with a short trial lifetime counts after ten seconds", async () => {
  expect(await staleInTrial(60, 10_000)).toEqual(ONE_STALE);
  expect(await staleInTrial(902, 10_000)).toEqual([]);
});

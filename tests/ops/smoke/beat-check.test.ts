import { beatCheck } from "@algoitny/ops/smoke/beat-check";
import { runChecks } from "@algoitny/ops/smoke/run-checks";
import type { Api } from "@algoitny/ops/smoke/smoke-api";
import { expect, test, vi } from "vitest";

/** Two minutes, before which the API shows no interval. */
const START_MS = 120_000;

/** Numbers of the minutes since the start; `before` is that of an earlier minute. */
const metrics = (ages: readonly (number | null)[], before: number | null = null) => ({
  status: 200,
  json: {
    service: "algoitny",
    period_seconds: 60,
    times: [before, ...ages].map((_, minute) => START_MS / 1_000 + (minute - 1) * 60),
    complete: ages.length,
    as_of: 0,
    columns: { closed_age_ms: [before, ...ages] },
    totals: {},
  },
});

/** The outcome of the check for an API with these answers in turn, then the last one repeatedly. */
async function outcomeOf(answers: readonly object[]) {
  let asked = 0;
  const pauses: number[] = [];
  const api = {
    origins: [],
    ask: async () => answers[Math.min(asked++, answers.length - 1)],
  } as unknown as Api;
  const check = beatCheck({
    limitMs: 20_000,
    now: () => START_MS,
    pause: async (ms) => void pauses.push(ms),
  });
  const [outcome] = await runChecks([check], api, () => undefined);
  return { ...outcome, pauses };
}

test("a beat that has arrived proves that the stream works, although the numbers before it are old", async () => {
  expect(await outcomeOf([metrics([400_000, 900, null])])).toMatchObject({
    result: "passed",
    pauses: [],
  });
});

test("the check waits for a beat, and fails for a stage without one, with the place to look", async () => {
  const late = await outcomeOf([metrics([]), metrics([null]), metrics([800])]);
  expect(late).toMatchObject({ result: "passed", pauses: [5_000, 5_000] });
  expect(await outcomeOf([metrics([null], 900)])).toMatchObject({
    result: "failed",
    why: expect.stringContaining("schedule/send-beat"),
    pauses: [5_000, 5_000, 5_000, 5_000],
  });
});

test("a stopped stream fails the check, with its age", async () => {
  expect(await outcomeOf([metrics([300_000])])).toMatchObject({
    result: "failed",
    why: expect.stringContaining("changes older than 300 s"),
  });
});

test("the check is skipped at once if the deployment was not ready, because no beat can come", async () => {
  const ask = vi.fn<Api["ask"]>();
  const ready = { name: "is ready", run: () => Promise.reject(new Error("redis: down")) };
  const api = { origins: [], ask } as unknown as Api;
  const outcomes = await runChecks([ready, beatCheck()], api, () => undefined);
  expect(outcomes.map(({ result }) => result)).toEqual(["failed", "skipped"]);
  expect(ask).not.toHaveBeenCalled();
});

test.for([
  [401, "the token is refused"],
  [403, "the token is neither an admin's nor a viewer's"],
] as const)(
  "the check is skipped with a token that may not read numbers (%s)",
  async ([status, why]) => {
    expect(await outcomeOf([{ status, json: { error: "no" } }])).toMatchObject({
      result: "skipped",
      why,
    });
  },
);

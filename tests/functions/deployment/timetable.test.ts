import { toMs } from "@algoitny/cache";
import { planNames, timetable } from "@algoitny/core/timetable";
import { intervalOf, plans } from "@algoitny/core/warming";
import { timeoutSeconds } from "@algoitny/functions/deployment/timeouts";
import { expect, test } from "vitest";

/** Time that a run reserves for its report. */
const RESERVE_MS = 2_000;

test("every plan is in the timetable once, and runs as often as its schedule", () => {
  expect(Object.keys(plans).toSorted()).toEqual([...planNames].toSorted());
  expect(new Set(planNames).size).toBe(planNames.length);
  expect(intervalOf("most_read")).toBe(timetable.problems.every);
  expect(intervalOf("user_stats")).toBe(timetable.user_stats.every);
});

test.each(Object.entries(timetable))(
  "the budgets of schedule %s fit into one invocation, so that each plan gets its time",
  (_, { plans: names }) => {
    const sumMs = names.reduce((sum, name) => sum + toMs(plans[name].budget.longest), 0);
    expect(sumMs).toBeLessThanOrEqual(timeoutSeconds.schedule * 1_000 - RESERVE_MS);
  },
);

import { checkRecorded, hasRecorded, isRecorded } from "@algoitny/core/view";
import { expect, test } from "vitest";

const VIEWS = ["problem_detail", "history_detail", "user_stats"];

test.for([
  [undefined, ["problem_detail", "history_detail"]],
  ["", []],
  ["none", []],
  ["all", VIEWS],
  ["user_stats", ["user_stats"]],
  ["history_detail,user_stats,", ["history_detail", "user_stats"]],
] as const)("CACHE_RECORDED_VIEWS=%s records %s", ([CACHE_RECORDED_VIEWS, wanted]) => {
  const env = { CACHE_RECORDED_VIEWS };
  checkRecorded(VIEWS, env);
  expect(VIEWS.filter((name) => isRecorded(name, env))).toEqual(wanted);
  expect(hasRecorded(env)).toBe(wanted.length > 0);
});

test("an unknown view is refused with the list of the known ones", () => {
  expect(() => checkRecorded(["a", "b"], { CACHE_RECORDED_VIEWS: "c" })).toThrow(
    '"c" is not a view: write all, none, or some of a,b',
  );
});

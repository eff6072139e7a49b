import { checkRecorded, isRecorded } from "@algoitny/core/view";
import { expect, test } from "vitest";

test.for([
  ["", []],
  ["all", ["a", "b"]],
  ["b", ["b"]],
  ["a,b,", ["a", "b"]],
] as const)('CACHE_RECORDED_VIEWS="%s" records %s', ([CACHE_RECORDED_VIEWS, wanted]) => {
  const env = { CACHE_RECORDED_VIEWS };
  checkRecorded(["a", "b"], env);
  expect(["a", "b"].filter((name) => isRecorded(name, env))).toEqual(wanted);
});

test("an unknown view is refused with the list of the known ones", () => {
  expect(() => checkRecorded(["a", "b"], { CACHE_RECORDED_VIEWS: "c" })).toThrow(
    '"c" is not a view: write all, or some of a,b',
  );
  expect(isRecorded("a", {})).toBe(false);
});

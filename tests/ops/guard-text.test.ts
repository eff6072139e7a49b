import { guardText } from "@algoitny/ops/guard-text";
import { expect, test } from "vitest";

test.each([
  [{ state: "done", ended: [] }, "no experiment was ended"],
  [{ state: "done", ended: ["a", "b"] }, "ended the experiments on a, b"],
  [{ state: "done" }, undefined],
])("the guard's answer %j is shown as %j", (answer, text) => {
  expect(guardText(answer)).toBe(text);
});

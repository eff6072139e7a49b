import { expect, test } from "vitest";
import { errorLine } from "./error-line.ts";

test("a storm's log has the word error once in the line of an error of the cloud, and leaves out all other lines", () => {
  expect(errorLine({ kind: "function", text: "error a plan could not be carried out" })).toBe(
    "error     a plan could not be carried out",
  );
  expect(errorLine({ kind: "error", text: "http/get-problem: TypeError" })).toBe(
    "error     http/get-problem: TypeError",
  );
  expect(errorLine({ kind: "function", text: "warn a plan is late" })).toBeUndefined();
});

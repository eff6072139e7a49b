import { expect, test } from "vitest";
import { errorLine } from "./error-line.ts";

test("a storm's log names an error of the cloud only once, and leaves out everything else", () => {
  expect(errorLine({ kind: "function", text: "error a plan could not be carried out" })).toBe(
    "error     a plan could not be carried out",
  );
  expect(errorLine({ kind: "error", text: "http/get-problem: TypeError" })).toBe(
    "error     http/get-problem: TypeError",
  );
  expect(errorLine({ kind: "function", text: "warn a plan is late" })).toBeUndefined();
});

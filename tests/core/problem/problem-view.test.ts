import { tagOfDetail } from "@algoitny/core/problem/problem-view";
import { expect, test } from "vitest";

type ProblemDetail = Parameters<typeof tagOfDetail>[0];

/** The first half of a detail's ETag, which preconditions compare. */
const editsOf = (detail: ProblemDetail) => tagOfDetail(detail).split(".")[0];

test("an edit changes the detail's hash of edits, and an execution does not", () => {
  const detail = { id: 1, title: "Theatre Square", execution_count: 1 } as ProblemDetail;
  expect(editsOf({ ...detail, execution_count: 2 })).toBe(editsOf(detail));
  expect(editsOf({ ...detail, title: "Watermelon" })).not.toBe(editsOf(detail));
});

import { pick } from "../pick.ts";
import { entityTag } from "../validators.ts";
import type { TestCaseView } from "../test-case/test-case.answers.ts";
import type { HistoryDetail, Hints, HistoryPage, HistoryRow } from "./history.answers.ts";
import { type History, type HistoryDetailItem, ROW_FIELDS } from "./history.ts";

/** A part of a feed: its rows, the offset after it, and the number of rows in the whole feed. */
export interface FeedPage {
  rows: readonly History[];
  next: number;
  count: number;
}

export function toHistoryPage({ rows, next, count }: FeedPage): HistoryPage {
  const has_more = next < count;
  return { results: rows.map(toHistoryRow), count, next_offset: has_more ? next : null, has_more };
}

/** Entity tag of an execution. `test_results` can change without its owner, because it shows the problem's test cases. */
export const tagOfHistory = (detail: HistoryDetail): string => entityTag(detail, ["test_results"]);

export const toHistoryRow = (row: History): HistoryRow => pick(row, ROW_FIELDS);

/**
 * Converts an execution for the API. Input and expected output come from the given test cases, in their current state; null
 * for a test case that is not among them.
 */
export function toHistoryDetail(
  { row, detail }: { row: History; detail: HistoryDetailItem | undefined },
  testCases: readonly TestCaseView[],
): HistoryDetail {
  const cases = new Map(testCases.map((testCase) => [testCase.id, testCase]));
  return {
    ...toHistoryRow(row),
    user: row.user,
    problem: row.problem,
    result_summary: detail?.result_summary ?? null,
    test_results: (detail?.test_results ?? []).map((result) => {
      const { test_case_id, passed, status, output, error } = result;
      const testCase = test_case_id === null ? undefined : cases.get(test_case_id);
      const input = testCase?.input ?? null;
      return {
        test_case_id,
        passed,
        status,
        input,
        expected: testCase?.output ?? null,
        output,
        error,
      };
    }),
    hints: detail?.hints ?? [],
  };
}

export function toHints({ hints, failed_count }: HistoryDetail): Hints {
  if (hints.length > 0) return { status: "available", hints };
  return { status: failed_count === 0 ? "not_needed" : "not_generated", hints };
}

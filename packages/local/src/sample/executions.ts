import type { TestCaseView } from "@algoitny/core/test-case/test-case.answers";
import type { HistoryInput } from "@algoitny/core/history/history-input";

/** A sample execution, by the positions of its user and problem in their lists. */
export interface SampleExecution {
  user: 0 | 1;
  problem: number;
  language: "python" | "cpp" | "java";
  /** Number of the problem's test cases that pass: the first ones. */
  passed: number;
  isPublic: boolean;
  hinted: boolean;
}

/** user, problem, language, passed, visibility, with hints or without. */
const ROWS = [
  [0, 0, "python", 1, "public", "hinted"],
  [0, 0, "python", 3, "public", "-"],
  [0, 1, "python", 2, "private", "-"],
  [1, 0, "cpp", 3, "public", "-"],
  [1, 6, "cpp", 1, "private", "hinted"],
  [1, 6, "cpp", 3, "public", "-"],
  [0, 6, "python", 3, "public", "-"],
  [0, 4, "python", 0, "private", "hinted"],
  [0, 4, "python", 1, "private", "-"],
  [0, 4, "python", 2, "public", "-"],
  [1, 2, "java", 2, "private", "-"],
  [1, 3, "java", 1, "public", "-"],
  [0, 3, "java", 1, "private", "-"],
  [1, 5, "python", 1, "public", "hinted"],
  [1, 5, "python", 2, "public", "-"],
  [0, 7, "cpp", 0, "private", "hinted"],
  [0, 7, "cpp", 1, "public", "-"],
  [1, 8, "cpp", 2, "private", "-"],
  [0, 8, "python", 1, "public", "-"],
  [1, 0, "python", 3, "private", "-"],
] as const;

/** Oldest first. */
export const sampleExecutions: readonly SampleExecution[] = ROWS.map(
  ([user, problem, language, passed, seen, hinted]) => ({
    user,
    problem,
    language,
    passed,
    isPublic: seen === "public",
    hinted: hinted === "hinted",
  }),
);

const COMMENT = { python: "#", cpp: "//", java: "//" } as const;

export const sampleHints = [
  "Read the limits again: how large can the answer become?",
  { title: "Edge cases", content: "Try the smallest input by hand before you run it." },
];

/** API input for an execution of a problem with these test cases. */
export function toHistoryInput(
  { language, passed, isPublic }: SampleExecution,
  problemId: number,
  title: string,
  testCases: readonly TestCaseView[],
): HistoryInput {
  const failed = testCases.length - passed;
  return {
    problem_id: problemId,
    language,
    code: `${COMMENT[language]} ${title}: ${failed === 0 ? "solved" : "an attempt"}\n`,
    result_summary: { total: testCases.length, passed, failed },
    passed_count: passed,
    failed_count: failed,
    total_count: testCases.length,
    is_code_public: isPublic,
    test_results: testCases.map(({ id, output }, index) =>
      index < passed
        ? { test_case_id: id, passed: true, status: "passed", output, error: null }
        : { test_case_id: id, passed: false, status: "failed", output: "0\n", error: null },
    ),
  };
}

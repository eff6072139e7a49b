import { pick } from "../pick.ts";
import { entityTag } from "../validators.ts";
import type { TestCaseView } from "../test-case/test-case.answers.ts";
import type { AdminListItem, ProblemDetail, ProblemListItem } from "./problem.answers.ts";
import { DETAIL_FIELDS, LIST_FIELDS, type Problem, type ProblemBody } from "./problem.ts";

/** Entity tag of a detail. `execution_count` can change without an editor: executions raise it. */
export const tagOfDetail = (detail: ProblemDetail): string =>
  entityTag(detail, ["execution_count"]);

export const toListItem = (problem: ProblemListItem): ProblemListItem => pick(problem, LIST_FIELDS);

export function toAdminListItem(
  item: ProblemListItem,
  body: ProblemBody | undefined,
): AdminListItem {
  return {
    ...toListItem(item),
    solution_code: body?.solution_code ?? null,
    constraints: body?.constraints ?? "",
  };
}

export function toDetail(
  {
    problem,
    body,
    testCases,
  }: { problem: Problem; body: ProblemBody | undefined; testCases: TestCaseView[] },
  admin: boolean,
): ProblemDetail {
  const { execution_count, ...item } = pick(problem, DETAIL_FIELDS);
  const solution = admin ? (body?.solution_code ?? null) : null;
  return {
    ...item,
    constraints: body?.constraints ?? "",
    solution_code: solution === null ? null : Buffer.from(solution, "utf8").toString("base64"),
    test_cases: testCases,
    execution_count,
    ...(admin && { is_deleted: problem.is_deleted }),
  };
}

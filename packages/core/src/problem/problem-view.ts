import * as z from "zod";
import { pick } from "../pick.ts";
import { entityTag } from "../validators.ts";
import { TestCaseView } from "../test-case/test-case.ts";
import {
  type AdminListItem,
  DETAIL_FIELDS,
  LIST_FIELDS,
  type Problem,
  type ProblemBody,
  ProblemListItem,
} from "./problem.ts";

/** Answer of `GET /problems/{id}/`: the solution is base64 of UTF-8 for admins, null for all others, who do not see `is_deleted`. */
export const ProblemDetail = ProblemListItem.extend({
  constraints: z.string(),
  solution_code: z.base64().nullable(),
  test_cases: z.array(TestCaseView),
  execution_count: z.int(),
  is_deleted: z.boolean().optional(),
});
export type ProblemDetail = z.infer<typeof ProblemDetail>;

/** Executions raise the count without an editor. */
export const tagOfDetail = (detail: ProblemDetail): string =>
  entityTag(detail, ["execution_count"]);

export const toListItem = (problem: Problem): ProblemListItem => pick(problem, LIST_FIELDS);

export function toAdminListItem(problem: Problem, body: ProblemBody | undefined): AdminListItem {
  return {
    ...toListItem(problem),
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

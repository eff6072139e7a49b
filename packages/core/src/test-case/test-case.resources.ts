import * as z from "zod";
import { isVisible } from "../problem/problem.ts";
import { tags } from "../tags.ts";
import { entityTag, withValidators } from "../validators.ts";
import { defineView } from "../view.ts";

/** `GET /problems/{id}/testcases/`: admins see those of drafts and deleted problems too. */
export const testCaseList = defineView({
  name: "test_cases",
  params: z.strictObject({ problem: z.int().positive(), admin: z.boolean() }),
  key: ({ problem, admin }) => ["problem", problem, ...(admin ? ["viewer", "admin"] : [])],
  tags: ({ problem }) => [tags.test_cases(problem)],
  shows: ["problem", "test_cases", "test_case"],
  ttl: "TEST_CASES",
  load: async ({ problem: id, admin }, source) => {
    const { problems, testCases } = await source.tables();
    const [problem, cases] = await Promise.all([problems.get(id), testCases.list(id)]);
    if (!problem || !isVisible(problem, admin)) return undefined;
    // Without a date: the problem's own is no date of its test cases.
    return withValidators(cases, { tag: entityTag(cases), modifiedMs: undefined });
  },
});

export const testCaseViews = [testCaseList] as const;

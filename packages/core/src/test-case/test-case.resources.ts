import * as z from "zod/mini";
import { tags } from "../tags.ts";
import { defineView } from "../view.ts";

/** Loaded by the first miss. */
const loads = () => import("./test-case-loads.ts");

/** `GET /problems/{id}/testcases/`: admins see those of drafts and deleted problems too. */
export const testCaseList = defineView({
  name: "test_cases",
  params: z.strictObject({ problem: z.int().check(z.positive()), admin: z.boolean() }),
  key: ({ problem, admin }) => ["problem", problem, ...(admin ? ["viewer", "admin"] : [])],
  tags: ({ problem }) => [tags.test_cases(problem)],
  shows: ["problem", "test_cases", "test_case"],
  ttl: "TEST_CASES",
  load: async (params, source) => (await loads()).loadTestCases(params, source),
});

export const testCaseViews = [testCaseList] as const;

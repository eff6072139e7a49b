import { defineResource, keyOf } from "@algoitny/cache";
import { isVisible } from "../problem/problem.ts";
import type { Source } from "../source.ts";
import { tags } from "../tags.ts";
import { STALE, STALE_IF_ERROR, TTL } from "../ttl.ts";

/** `GET /problems/{id}/testcases/`: admins see those of drafts and deleted problems too. */
export const testCaseList = defineResource({
  name: "test_cases",
  key: ({ problem, admin }: { problem: number; admin: boolean }) =>
    `${keyOf({ problem })}${admin ? ":viewer:admin" : ""}`,
  tags: ({ problem }) => [tags.test_cases(problem)],
  fresh: TTL.TEST_CASES,
  stale: STALE,
  staleIfError: STALE_IF_ERROR,
  load: async ({ problem: id, admin }, source: Source) => {
    const { problems, testCases } = await source.tables();
    const [problem, cases] = await Promise.all([problems.get(id), testCases.list(id)]);
    return problem && isVisible(problem, admin) ? cases : undefined;
  },
});

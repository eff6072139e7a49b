import { testCaseList } from "@algoitny/core/test-case/test-case.resources";
import { cached } from "../endpoint/answer.ts";
import { listTestCases } from "../contract/test-case-shapes.ts";
import { endpoint } from "../http-runtime.ts";

export const handler = endpoint(
  "GET /api/problems/{id}/testcases/",
  listTestCases,
  async ({ path: { id } }, { caller, read }) =>
    cached(
      await read(testCaseList, { problem: id, admin: caller?.admin ?? false }),
      `problem ${id} not found`,
    ),
);

import { problemDetail } from "@algoitny/core/problem/problem.resources";
import { cached } from "../endpoint/answer.ts";
import { getProblemByKey } from "../contract/problem-shapes.ts";
import { endpoint } from "../http-runtime.ts";

export const handler = endpoint(
  "GET /api/problems/{platform}/{problem_id}/",
  getProblemByKey,
  async ({ path }, { caller, read }) => {
    const reading = await read(problemDetail, { ...path, admin: caller?.admin ?? false });
    return cached(reading, `problem ${path.problem_id} on ${path.platform} not found`);
  },
);

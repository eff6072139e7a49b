import { problemDetail } from "@algoitny/core/problem/problem.resources";
import { cached } from "../endpoint/answer.ts";
import { getProblem } from "../contract/problem-shapes.ts";
import { endpoint } from "../http-runtime.ts";

export const handler = endpoint(
  "GET /api/problems/{id}/",
  getProblem,
  async ({ path: { id } }, { caller, read }) =>
    cached(
      await read(problemDetail, { id, admin: caller?.admin ?? false }),
      `problem ${id} not found`,
    ),
);

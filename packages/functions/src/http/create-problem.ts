import { problemDetail } from "@algoitny/core/problem/problem.resources";
import { created } from "../endpoint/answer.ts";
import { createProblem } from "../contract/problem-shapes.ts";
import { endpoint } from "../http-runtime.ts";

export const handler = endpoint("POST /api/problems/", createProblem, async ({ body }, call) => {
  const { problems } = await call.tables();
  const { id, changes } = await problems.create(body);
  await call.changed(changes);
  return created(await call.load(problemDetail, { id, admin: true }), `/api/problems/${id}/`);
});

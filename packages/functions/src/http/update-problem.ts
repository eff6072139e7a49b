import { problemDetail } from "@algoitny/core/problem/problem.resources";
import { ok } from "../endpoint/answer.ts";
import { updateProblem } from "../contract/problem-shapes.ts";
import { endpoint } from "../http-runtime.ts";

export const handler = endpoint(
  "PATCH /api/problems/{id}/",
  updateProblem,
  async ({ path: { id }, body }, call) => {
    const { problems } = await call.tables();
    const { changes } = await problems.change(id, body, call.precondition);
    await call.changed(changes);
    return ok(await call.load(problemDetail, { id, admin: true }));
  },
);

import { ok } from "../endpoint/answer.ts";
import { deleteProblem } from "../contract/problem-shapes.ts";
import { endpoint } from "../http-runtime.ts";

export const handler = endpoint(
  "DELETE /api/problems/{id}/",
  deleteProblem,
  async ({ path: { id } }, call) => {
    const { problems } = await call.tables();
    const { changes } = await problems.remove(id, call.precondition);
    await call.changed(changes);
    return ok({ message: `problem ${id} deleted successfully` });
  },
);

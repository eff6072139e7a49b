import { CoreError } from "@algoitny/core/core-error";
import { ok } from "../endpoint/answer.ts";
import { deleteProblemByKey } from "../contract/problem-shapes.ts";
import { endpoint } from "../http-runtime.ts";

export const handler = endpoint(
  "DELETE /api/problems/{platform}/{problem_id}/",
  deleteProblemByKey,
  async ({ path: { platform, problem_id } }, call) => {
    const { problems } = await call.tables();
    const id = await problems.findId(platform, problem_id);
    if (id === undefined)
      throw new CoreError("not_found", `problem ${problem_id} on ${platform} not found`);
    const { changes } = await problems.remove(id, call.precondition);
    await call.changed(changes);
    return ok({ message: `problem ${problem_id} on ${platform} deleted successfully` });
  },
);

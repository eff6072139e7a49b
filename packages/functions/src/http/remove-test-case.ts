import { ok } from "../endpoint/answer.ts";
import { removeTestCase } from "../contract/test-case-shapes.ts";
import { endpoint } from "../http-runtime.ts";

export const handler = endpoint(
  "DELETE /api/problems/{id}/testcases/{tc}/",
  removeTestCase,
  async ({ path: { id, tc } }, call) => {
    const { testCases } = await call.tables();
    const { changes } = await testCases.remove(id, tc, call.precondition);
    await call.changed(changes);
    return ok({ message: `test case ${tc} of problem ${id} deleted successfully` });
  },
);

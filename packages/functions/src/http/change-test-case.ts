import { ok } from "../endpoint/answer.ts";
import { changeTestCase } from "../contract/test-case-shapes.ts";
import { endpoint } from "../http-runtime.ts";

export const handler = endpoint(
  "PUT /api/problems/{id}/testcases/{tc}/",
  changeTestCase,
  async ({ path: { id, tc }, body }, call) => {
    const table = (await call.tables()).testCases;
    const { testCases, changes } = await table.change(id, tc, body, call.precondition);
    await call.changed(changes);
    return ok(testCases[0]);
  },
);

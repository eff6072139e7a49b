import { TestCaseInput } from "@algoitny/core/test-case/test-case";
import { ok } from "../endpoint/answer.ts";
import { ByTestCase } from "../endpoint/path.ts";
import { endpoint } from "../http-runtime.ts";

export const handler = endpoint(
  "PUT /api/problems/{id}/testcases/{tc}/",
  { path: ByTestCase, body: TestCaseInput, decidesPreconditions: true },
  async ({ path: { id, tc }, body }, call) => {
    const table = (await call.tables()).testCases;
    const { testCases, changes } = await table.change(id, tc, body, call.precondition);
    await call.changed(changes);
    return ok(testCases[0]);
  },
);

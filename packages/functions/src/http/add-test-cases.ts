import { created } from "../endpoint/answer.ts";
import { addTestCases } from "../contract/test-case-shapes.ts";
import { endpoint } from "../http-runtime.ts";

/** One test case is answered with one, a list with a list. */
export const handler = endpoint(
  "POST /api/problems/{id}/testcases/",
  addTestCases,
  async ({ path: { id }, body }, call) => {
    const table = (await call.tables()).testCases;
    const { testCases, changes } = await table.add(id, [body].flat(), call.precondition);
    await call.changed(changes);
    return created(
      Array.isArray(body) ? testCases : testCases[0],
      `/api/problems/${id}/testcases/`,
    );
  },
);

import { TestCaseInputs } from "@algoitny/core/test-case/test-case";
import { created } from "../endpoint/answer.ts";
import { ById } from "../endpoint/path.ts";
import { endpoint } from "../runtime.ts";

export const handler = endpoint(
  "POST /api/problems/{id}/testcases/",
  { path: ById, body: TestCaseInputs },
  async ({ path: { id }, body }, call) => {
    const { testCases } = await call.tables();
    const { added, changes } = await testCases.add(id, [body].flat());
    await call.changed(changes);
    return created(Array.isArray(body) ? added : added[0], `/api/problems/${id}/testcases/`);
  },
);

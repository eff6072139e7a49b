import { TestCaseInput, TestCaseInputs } from "@algoitny/core/test-case/test-case";
import * as z from "zod";
import { created } from "../endpoint/answer.ts";
import { ById } from "../endpoint/path.ts";
import { endpoint } from "../http-runtime.ts";

/** One is answered with one, a list with a list. */
const Body = z.union([TestCaseInput, TestCaseInputs]);

export const handler = endpoint(
  "POST /api/problems/{id}/testcases/",
  { path: ById, body: Body, decidesPreconditions: true },
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

import { OneOrManyTestCases, TestCaseInput } from "@algoitny/core/test-case/test-case";
import { ById, ByTestCase } from "../endpoint/path.ts";

export const listTestCases = { path: ById, audience: "viewer" } as const;

export const addTestCases = {
  path: ById,
  body: OneOrManyTestCases,
  decidesPreconditions: true,
} as const;

export const changeTestCase = {
  path: ByTestCase,
  body: TestCaseInput,
  decidesPreconditions: true,
} as const;

export const removeTestCase = { path: ByTestCase, decidesPreconditions: true } as const;

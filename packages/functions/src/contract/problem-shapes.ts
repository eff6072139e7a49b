import { ProblemInput, ProblemPatch } from "@algoitny/core/problem/problem-input";
import { AdminListQuery, ProblemListQuery } from "@algoitny/core/problem/problem-query";
import { ById, ByKey } from "../endpoint/path.ts";

export const listProblems = { query: ProblemListQuery } as const;

export const listForAdmins = {
  query: AdminListQuery,
  instead: "ask for pages instead, starting with `?page=1`",
} as const;

export const getProblem = { path: ById, audience: "viewer" } as const;
export const getProblemByKey = { path: ByKey, audience: "viewer" } as const;

export const createProblem = { body: ProblemInput } as const;
export const updateProblem = {
  path: ById,
  body: ProblemPatch,
  decidesPreconditions: true,
} as const;
export const deleteProblem = { path: ById, decidesPreconditions: true } as const;
export const deleteProblemByKey = { path: ByKey, decidesPreconditions: true } as const;

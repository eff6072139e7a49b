import { HistoryDetail, HistoryPage, Hints } from "@algoitny/core/history/history.answers";
import {
  Drafts,
  ProblemDetail,
  ProblemList,
  RegisteredProblems,
} from "@algoitny/core/problem/problem.answers";
import { TestCaseList, TestCaseView } from "@algoitny/core/test-case/test-case.answers";
import { UserStats } from "@algoitny/core/user/user.answers";
import * as z from "zod";
import * as history from "../contract/history-shapes.ts";
import * as problem from "../contract/problem-shapes.ts";
import * as testCase from "../contract/test-case-shapes.ts";
import { Message, Repaired } from "./function-answers.ts";
import type { Operation } from "./operation.ts";

/** An item, or a message if it was written but cannot be shown. */
const shown = (item: z.ZodType) => z.union([item, Message]);

const aListPage = ["Link", "X-Total-Count"] as const;
const maybeAListPage = ["Link?", "X-Total-Count?"] as const;
const itemValidators = ["ETag?", "Last-Modified?"] as const;

/** Operations on problems, executions and statistics. */
export const judgeOperations = {
  "GET /api/problems/": {
    summary: "List completed problems, newest first",
    group: "Problems",
    making: "cached",
    shape: problem.listProblems,
    answers: { 200: ProblemList },
    headers: aListPage,
  },
  "POST /api/problems/": {
    summary: "Create a problem",
    group: "Problems",
    making: "written",
    shape: problem.createProblem,
    answers: { 201: shown(ProblemDetail) },
    headers: ["Location", ...itemValidators],
    errors: [409],
  },
  "GET /api/problems/drafts/": {
    summary: "List drafts",
    group: "Problems",
    making: "cached",
    shape: problem.listForAdmins,
    answers: { 200: Drafts },
    headers: maybeAListPage,
  },
  "GET /api/problems/registered/": {
    summary: "List completed problems with their solutions",
    group: "Problems",
    making: "cached",
    shape: problem.listForAdmins,
    answers: { 200: RegisteredProblems },
    headers: maybeAListPage,
  },
  "GET /api/problems/{id}/": {
    summary: "Get a problem",
    group: "Problems",
    making: "cached",
    shape: problem.getProblem,
    answers: { 200: ProblemDetail },
    headers: ["Last-Modified?"],
  },
  "PATCH /api/problems/{id}/": {
    summary: "Change a problem",
    group: "Problems",
    making: "written",
    shape: problem.updateProblem,
    answers: { 200: shown(ProblemDetail) },
    headers: itemValidators,
    errors: [409],
  },
  "DELETE /api/problems/{id}/": {
    summary: "Delete a problem",
    group: "Problems",
    making: "written",
    shape: problem.deleteProblem,
    answers: { 200: Message },
    errors: [409],
  },
  "GET /api/problems/{platform}/{problem_id}/": {
    summary: "Get a problem by its platform's id",
    group: "Problems",
    making: "cached",
    shape: problem.getProblemByKey,
    answers: { 200: ProblemDetail },
    headers: ["Last-Modified?"],
  },
  "DELETE /api/problems/{platform}/{problem_id}/": {
    summary: "Delete a problem by its platform's id",
    group: "Problems",
    making: "written",
    shape: problem.deleteProblemByKey,
    answers: { 200: Message },
    errors: [409],
  },
  "GET /api/problems/{id}/testcases/": {
    summary: "List the test cases of a problem",
    group: "Problems",
    making: "cached",
    shape: testCase.listTestCases,
    answers: { 200: TestCaseList },
  },
  "POST /api/problems/{id}/testcases/": {
    summary: "Add test cases: one, or all of a list",
    group: "Problems",
    making: "written",
    shape: testCase.addTestCases,
    answers: { 201: z.union([TestCaseView, TestCaseList]) },
    headers: ["Location"],
    errors: [409],
  },
  "PUT /api/problems/{id}/testcases/{tc}/": {
    summary: "Change a test case",
    group: "Problems",
    making: "written",
    shape: testCase.changeTestCase,
    answers: { 200: shown(TestCaseView) },
    errors: [409],
  },
  "DELETE /api/problems/{id}/testcases/{tc}/": {
    summary: "Remove a test case",
    group: "Problems",
    making: "written",
    shape: testCase.removeTestCase,
    answers: { 200: Message },
    errors: [409],
  },

  "GET /api/account/stats/": {
    summary: "Get the caller's statistics",
    group: "Account",
    making: "cached",
    shape: {},
    answers: { 200: UserStats },
  },

  "GET /api/history/": {
    summary: "List executions, newest first",
    group: "History",
    making: "cached",
    shape: history.listHistory,
    answers: { 200: HistoryPage },
  },
  "POST /api/history/": {
    summary: "Record an execution",
    group: "History",
    making: "written",
    shape: history.recordHistory,
    answers: { 201: shown(HistoryDetail) },
    headers: ["Location", ...itemValidators],
    errors: [404, 409],
  },
  "GET /api/history/{id}/": {
    summary: "Get an execution",
    group: "History",
    making: "cached",
    shape: history.getHistory,
    answers: { 200: HistoryDetail },
    headers: ["Last-Modified?"],
  },
  "PATCH /api/history/{id}/": {
    summary: "Change an execution's visibility or hints; repair it, for admins",
    group: "History",
    making: "written",
    shape: history.updateHistory,
    answers: { 200: shown(z.union([HistoryDetail, Repaired])) },
    headers: itemValidators,
    errors: [403, 409],
  },
  "GET /api/history/{id}/hints/": {
    summary: "Get the hints to an execution",
    group: "History",
    making: "cached",
    shape: history.getHints,
    answers: { 200: Hints },
  },
} as const satisfies Record<string, Operation>;

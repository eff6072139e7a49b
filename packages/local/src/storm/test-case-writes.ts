import type { TestCaseView } from "@algoitny/core/test-case/test-case";
import { type Desk, pick, send, type Written } from "./desk.ts";
import { executionQuestions } from "./execution-questions.ts";
import { afterProblem, isAlive, withProblem } from "./problem-writes.ts";
import { type ProblemState, writeProblem } from "./state.ts";

/** Test cases that a problem may come to have. */
const MOST_TEST_CASES = 6;

/** Executions among which one is looked for that shows a problem's test cases. */
const LATE_EXECUTIONS = 100;

interface Change {
  method: string;
  path: string;
  body?: unknown;
  what: string;
  next: TestCaseView[];
  /** What the answer says that they are, when that was not known before. */
  settle?: (reply: string) => TestCaseView[];
}

async function writeTestCases(
  desk: Desk,
  id: number,
  before: ProblemState,
  { next, settle, what, path, ...request }: Change,
): Promise<Written> {
  const { state, admin } = desk;
  const write = (testCases: TestCaseView[]) =>
    writeProblem(state, id, {
      ...before,
      testCases,
      problem: { ...before.problem, test_case_count: testCases.length },
    });
  const acknowledge = write(next);
  const { body } = await send(desk, {
    ...request,
    path: `/api/problems/${id}/testcases/${path}`,
    as: admin,
    about: [`problem ${id}`, "the catalogue"],
    what: `${what} problem ${id}`,
  });
  acknowledge();
  if (settle) write(settle(body))();
  const { near, far } = afterProblem(desk, id);
  return { near: [...near, ...executionsOf(desk, id)], far };
}

/** Reads of the latest execution of a problem: it shows the test cases as they are now. */
function executionsOf({ state, others }: Desk, problemId: number) {
  const id = state.executions.ids
    .slice(-LATE_EXECUTIONS)
    .findLast((each) => state.executions.latest(each)?.row.problem === problemId);
  const sub = id === undefined ? undefined : state.executions.latest(id)?.row.sub;
  const owner = others.find((each) => each.sub === sub);
  return id === undefined || !owner ? [] : executionQuestions(state, id, owner).slice(0, 1);
}

export const addTestCases = (desk: Desk): Promise<Written | undefined> =>
  withProblem(desk, hasRoom, async (id, before) => {
    const { state, text } = desk;
    const count = 1 + Math.floor(desk.random() * 2);
    const body = Array.from({ length: count }, () => ({ input: text("in"), output: text("out") }));
    // Their ids come with the answer. Until then lists may count them, and details show texts that nobody else has.
    for (const { input } of body) state.arriving.add(input);
    const written = await writeTestCases(desk, id, before, {
      method: "POST",
      path: "",
      body,
      what: `adds ${count} test cases to`,
      next: [...before.testCases, ...body.map((each) => ({ id: 0, ...each }))],
      settle: (reply) => [...before.testCases, ...(JSON.parse(reply) as TestCaseView[])],
    });
    for (const { input } of body) state.arriving.delete(input);
    return written;
  });

export const changeTestCase = (desk: Desk): Promise<Written | undefined> =>
  withProblem(desk, hasTestCases, (id, before) => {
    const { id: caseId } = pick(desk, before.testCases);
    const body = { input: desk.text("in"), output: desk.text("out") };
    return writeTestCases(desk, id, before, {
      method: "PUT",
      path: `${caseId}/`,
      body,
      what: `changes test case ${caseId} of`,
      next: before.testCases.map((each) => (each.id === caseId ? { id: caseId, ...body } : each)),
    });
  });

export const removeTestCase = (desk: Desk): Promise<Written | undefined> =>
  withProblem(desk, hasTestCases, (id, before) => {
    const { id: caseId } = pick(desk, before.testCases);
    return writeTestCases(desk, id, before, {
      method: "DELETE",
      path: `${caseId}/`,
      what: `removes test case ${caseId} of`,
      next: before.testCases.filter((each) => each.id !== caseId),
    });
  });

const hasRoom = (one: ProblemState): boolean =>
  isAlive(one) && one.testCases.length < MOST_TEST_CASES;
export const hasTestCases = (one: ProblemState): boolean =>
  isAlive(one) && one.testCases.length > 0;

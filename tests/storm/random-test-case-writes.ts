import type { TestCaseView } from "@algoitny/core/test-case/test-case.answers";
import { type Desk, pick, send, type Written } from "./desk.ts";
import { executionQuestions } from "./execution-questions.ts";
import { afterProblem, isAlive, withProblem } from "./random-problem-writes.ts";
import { type ProblemState, writeProblem } from "./state.ts";

/** Maximum number of test cases of a problem. */
const MOST_TEST_CASES = 6;

/** Number of executions that are searched for one that shows a problem's test cases. */
const LATE_EXECUTIONS = 100;

/** Writes the next test cases; `carryOut` may return the result, when it was not known before. */
export async function writeTestCases(
  desk: Desk,
  id: number,
  before: ProblemState,
  next: TestCaseView[],
  carryOut: () => Promise<TestCaseView[] | undefined>,
): Promise<Written> {
  const write = (testCases: TestCaseView[]) =>
    writeProblem(desk.state, id, {
      ...before,
      testCases,
      problem: { ...before.problem, test_case_count: testCases.length },
    });
  const acknowledge = write(next);
  const become = await carryOut();
  acknowledge();
  if (become) write(become)();
  const { near, far } = afterProblem(desk, id);
  return { near: [...near, ...executionsOf(desk, id)], far };
}

/** Adds test cases, whose ids `add` returns. Until then lists may count them, and details may show their texts. */
export async function arrive(
  desk: Desk,
  id: number,
  before: ProblemState,
  count: number,
  add: (inputs: { input: string; output: string }[]) => Promise<readonly TestCaseView[]>,
): Promise<Written> {
  const { state, text } = desk;
  const inputs = Array.from({ length: count }, () => ({ input: text("in"), output: text("out") }));
  for (const { input } of inputs) state.arriving.add(input);
  const next = [...before.testCases, ...inputs.map((each) => ({ id: 0, ...each }))];
  const written = await writeTestCases(desk, id, before, next, async () => [
    ...before.testCases,
    ...(await add(inputs)),
  ]);
  for (const { input } of inputs) state.arriving.delete(input);
  return written;
}

interface Change {
  method: string;
  path: string;
  body?: unknown;
  what: string;
}

function sendChange(desk: Desk, id: number, { path, what, ...request }: Change) {
  return send(desk, {
    ...request,
    path: `/api/problems/${id}/testcases/${path}`,
    as: desk.admin,
    about: [`problem ${id}`, "the catalogue"],
    what: `${what} problem ${id}`,
  });
}

/** Reads of the latest execution of a problem, which shows the current test cases. */
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
    const count = 1 + Math.floor(desk.random() * 2);
    return arrive(desk, id, before, count, async (inputs) => {
      const what = `adds ${count} test cases to`;
      const { body } = await sendChange(desk, id, { method: "POST", path: "", body: inputs, what });
      return JSON.parse(body) as TestCaseView[];
    });
  });

export const changeTestCase = (desk: Desk): Promise<Written | undefined> =>
  withProblem(desk, hasTestCases, (id, before) => {
    const { id: caseId } = pick(desk, before.testCases);
    const body = { input: desk.text("in"), output: desk.text("out") };
    const what = `changes test case ${caseId} of`;
    const next = before.testCases.map((each) =>
      each.id === caseId ? { id: caseId, ...body } : each,
    );
    return writeTestCases(desk, id, before, next, async () => {
      await sendChange(desk, id, { method: "PUT", path: `${caseId}/`, body, what });
      return undefined;
    });
  });

export const removeTestCase = (desk: Desk): Promise<Written | undefined> =>
  withProblem(desk, hasTestCases, (id, before) => {
    const { id: caseId } = pick(desk, before.testCases);
    return writeTestCases(desk, id, before, without(before, caseId), async () => {
      const what = `removes test case ${caseId} of`;
      await sendChange(desk, id, { method: "DELETE", path: `${caseId}/`, what });
      return undefined;
    });
  });

export const without = ({ testCases }: ProblemState, caseId: number): TestCaseView[] =>
  testCases.filter(({ id }) => id !== caseId);

export const hasRoom = (one: ProblemState): boolean =>
  isAlive(one) && one.testCases.length < MOST_TEST_CASES;
export const hasTestCases = (one: ProblemState): boolean =>
  isAlive(one) && one.testCases.length > 0;

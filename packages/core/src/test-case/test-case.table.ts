import { CoreError } from "../core-error.ts";
import type { Problem } from "../problem/problem.ts";
import { nextEdition, sameEdition } from "../problem/problem-edition.ts";
import { requireProblem } from "../problem/problem-reads.ts";
import { type Action, check, put, remove, toItem, update } from "../table/action.ts";
import { putItems } from "../table/batch-write.ts";
import { takeIds } from "../table/counter.ts";
import type { Database } from "../table/database.ts";
import type { Change, Written } from "../table/entities.ts";
import { keys } from "../table/keys.ts";
import { getItems } from "../table/read-items.ts";
import { untilUndisturbed } from "../table/retry.ts";
import { transact } from "../table/transact.ts";
import { entityTag, modifiedMsOf, type Precondition, requireHolds } from "../validators.ts";
import { listTestCases } from "./test-case-reads.ts";
import { TestCase, type TestCaseInput, TestCaseManifest, TestCaseView } from "./test-case.ts";

/** What a write of test cases did: `id` is the problem's. */
export interface TestCasesWritten extends Written {
  testCases: readonly TestCaseView[];
}

/**
 * Test cases of problems. Writes throw a CoreError: `not_found` (no such problem or test case), `too_large`,
 * `precondition_failed`. A precondition is about the list for `add`; a single test case has no tag, as it has no GET.
 */
export interface TestCaseTable {
  /** A problem's test cases, oldest first; none when there is no such problem. */
  list(problemId: number): Promise<TestCaseView[]>;
  /** Adds up to 100 test cases, all or none, of any total size. */
  add(
    problemId: number,
    inputs: readonly TestCaseInput[],
    precondition?: Precondition,
  ): Promise<TestCasesWritten>;
  change(
    problemId: number,
    id: number,
    input: TestCaseInput,
    precondition?: Precondition,
  ): Promise<TestCasesWritten>;
  remove(problemId: number, id: number, precondition?: Precondition): Promise<Written>;
}

export function createTestCaseTable(db: Database, { now }: { now: () => number }): TestCaseTable {
  const about = (problemId: number, precondition: Precondition | undefined) => ({
    problemId,
    precondition,
    nowMs: now(),
  });
  return {
    list: (problemId) => listTestCases(db, problemId),
    add: (problemId, inputs, precondition) => add(db, about(problemId, precondition), inputs),
    change: (problemId, id, input, precondition) =>
      change(db, about(problemId, precondition), id, input),
    remove: (problemId, id, precondition) => removeOne(db, about(problemId, precondition), id),
  };
}

/** The problem whose test cases are written, when, and what is asked of it as it is. */
interface Edit {
  problemId: number;
  nowMs: number;
  precondition: Precondition | undefined;
}

async function add(
  db: Database,
  edit: Edit,
  inputs: readonly TestCaseInput[],
): Promise<TestCasesWritten> {
  const { problemId } = edit;
  await requireList(db, edit);
  const firstId = await takeIds(db, "test_case", inputs.length);
  const added = inputs.map((input, index): TestCase => ({
    id: firstId + index,
    problem: problemId,
    ...input,
  }));
  // A transaction takes 100 actions and 4 MB. So the texts are written first: nobody sees them until the
  // manifest names them, which one small transaction does for all of them together with the count.
  await putItems(
    db,
    added.map((testCase) => toItem(keys.testCase(problemId, testCase.id), "test_case", testCase)),
  );
  const ids = new Set(added.map(({ id }) => id));
  return untilUndisturbed(async () => {
    const counted = countBy(db, await requireList(db, edit), ids.size, edit);
    const listed = update(db, keys.testCases(problemId), "test_cases", {
      set: { problem: problemId },
      add: { test_case_ids: ids },
    });
    const refused = await transact(db, [listed, counted.action]);
    const manifest: Change = {
      entity: "test_cases",
      before: null,
      after: { problem: problemId, test_case_ids: ids },
    };
    return refused.length > 0 ? undefined : written(problemId, [counted.change, manifest], added);
  });
}

async function change(
  db: Database,
  edit: Edit,
  id: number,
  input: TestCaseInput,
): Promise<TestCasesWritten> {
  const { problemId } = edit;
  return untilUndisturbed(async () => {
    const { problem, testCase: before } = await requireTestCase(db, edit, id);
    const after: TestCase = { ...before, ...input };
    const refused = await transact(db, [
      check(db, keys.testCases(problemId), { contains: { test_case_ids: id } }),
      put(db, keys.testCase(problemId, id), "test_case", after),
      editHead(db, problem, {}, edit),
    ]);
    return refused.length > 0
      ? undefined
      : // Not as it was before: another try of a write that is done already must invalidate as well.
        written(problemId, [{ entity: "test_case", before: null, after }], [after]);
  });
}

async function removeOne(db: Database, edit: Edit, id: number): Promise<Written> {
  const { problemId } = edit;
  return untilUndisturbed(async () => {
    const { problem, testCase: before } = await requireTestCase(db, edit, id);
    const counted = countBy(db, problem, -1, edit);
    const refused = await transact(db, [
      update(
        db,
        keys.testCases(problemId),
        "test_cases",
        { take: { test_case_ids: new Set([id]) } },
        { contains: { test_case_ids: id } },
      ),
      counted.action,
      remove(db, keys.testCase(problemId, id)),
    ]);
    if (refused.length > 0) return undefined;
    return {
      id: problemId,
      changes: [counted.change, { entity: "test_case", before, after: null }],
    };
  });
}

/** Changes the count on the problem's head, which must still be as it was read. */
function countBy(db: Database, before: Problem, difference: number, edit: Edit) {
  const after = { ...before, test_case_count: before.test_case_count + difference };
  const action = editHead(db, before, { test_case_count: difference }, edit);
  return { action, change: { entity: "problem", before, after } satisfies Change };
}

/** An edit is one of the whole problem: its edition rises, and must be the one for which a precondition held. */
function editHead(
  db: Database,
  problem: Problem,
  counts: Readonly<Record<string, number>>,
  { nowMs, precondition }: Edit,
): Action {
  const edition = nextEdition(nowMs);
  return update(
    db,
    keys.problem(problem.id),
    "problem",
    { ...edition, add: { ...counts, ...edition.add } },
    {
      exists: true,
      equals: { version: problem.version, ...(precondition && sameEdition(problem)) },
    },
  );
}

/** The problem, if its list of test cases is as the precondition says. */
async function requireList(db: Database, { problemId, precondition }: Edit): Promise<Problem> {
  const problem = await requireProblem(db, problemId);
  if (precondition) {
    const tag = entityTag(await listTestCases(db, problemId));
    requireHolds(precondition, { tag, modifiedMs: modifiedMsOf(problem) });
  }
  return problem;
}

async function requireTestCase(db: Database, { problemId, precondition }: Edit, id: number) {
  const problem = await requireProblem(db, problemId);
  const [manifest, item] = await getItems(db, [
    keys.testCases(problemId),
    keys.testCase(problemId, id),
  ]);
  const { test_case_ids: live } = TestCaseManifest.parse(manifest ?? { problem: problemId });
  if (!item || !live.has(id))
    throw new CoreError("not_found", `test case ${id} of problem ${problemId} not found`);
  if (precondition)
    requireHolds(precondition, { tag: undefined, modifiedMs: modifiedMsOf(problem) });
  return { problem, testCase: TestCase.parse(item) };
}

function written(
  id: number,
  changes: readonly Change[],
  testCases: readonly TestCase[],
): TestCasesWritten {
  return { id, changes, testCases: testCases.map((testCase) => TestCaseView.parse(testCase)) };
}

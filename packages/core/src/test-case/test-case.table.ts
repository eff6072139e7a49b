import { CoreError } from "../core-error.ts";
import { requireProblem } from "../problem/problem-reads.ts";
import { check, put, remove, toItem, update } from "../table/action.ts";
import { putItems } from "../table/batch-write.ts";
import { takeIds } from "../table/counter.ts";
import type { Database } from "../table/database.ts";
import type { Change, Written } from "../table/entities.ts";
import { keys, pks } from "../table/keys.ts";
import { getItems, parseEach, query } from "../table/read-items.ts";
import { untilUndisturbed } from "../table/retry.ts";
import { transact } from "../table/transact.ts";
import { TestCase, type TestCaseInput, TestCaseManifest, TestCaseView } from "./test-case.ts";

/** What a write of test cases did: `id` is the problem's. */
export interface TestCasesWritten extends Written {
  testCases: readonly TestCaseView[];
}

/** Test cases of problems. Writes throw a CoreError: `not_found` (no such problem or test case), `too_large`. */
export interface TestCaseTable {
  /** A problem's test cases, oldest first; none when there is no such problem. */
  list(problemId: number): Promise<TestCaseView[]>;
  /** Adds up to 100 test cases, all or none, of any total size. */
  add(problemId: number, inputs: readonly TestCaseInput[]): Promise<TestCasesWritten>;
  change(problemId: number, id: number, input: TestCaseInput): Promise<TestCasesWritten>;
  remove(problemId: number, id: number): Promise<Written>;
}

export function createTestCaseTable(db: Database): TestCaseTable {
  return {
    list: (problemId) => list(db, problemId),
    add: (problemId, inputs) => add(db, problemId, inputs),
    change: (problemId, id, input) => change(db, problemId, id, input),
    remove: (problemId, id) => removeOne(db, problemId, id),
  };
}

async function list(db: Database, problemId: number): Promise<TestCaseView[]> {
  const items = await query(db, { pk: pks.testCases(problemId), prefix: "TESTCASE" });
  const manifest = items.find(({ sk }) => sk === keys.testCases(problemId).sk);
  const { test_case_ids: live } = TestCaseManifest.parse(manifest ?? { problem: problemId });
  const cases = items.filter((item) => item !== manifest && live.has(Number(item["id"])));
  return parseEach(db, cases, TestCaseView).filter((testCase) => testCase !== undefined);
}

async function add(
  db: Database,
  problemId: number,
  inputs: readonly TestCaseInput[],
): Promise<TestCasesWritten> {
  await requireProblem(db, problemId);
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
    const counted = await countBy(db, problemId, ids.size);
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
  problemId: number,
  id: number,
  input: TestCaseInput,
): Promise<TestCasesWritten> {
  return untilUndisturbed(async () => {
    const before = await requireTestCase(db, problemId, id);
    const after: TestCase = { ...before, ...input };
    const refused = await transact(db, [
      check(db, keys.testCases(problemId), { contains: { test_case_ids: id } }),
      put(db, keys.testCase(problemId, id), "test_case", after),
    ]);
    return refused.length > 0
      ? undefined
      : // Not as it was before: another try of a write that is done already must invalidate as well.
        written(problemId, [{ entity: "test_case", before: null, after }], [after]);
  });
}

async function removeOne(db: Database, problemId: number, id: number): Promise<Written> {
  return untilUndisturbed(async () => {
    const before = await requireTestCase(db, problemId, id);
    const counted = await countBy(db, problemId, -1);
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

/** Changes the count on the problem's head, which must still be as it is read here. */
async function countBy(db: Database, problemId: number, difference: number) {
  const before = await requireProblem(db, problemId);
  const after = { ...before, test_case_count: before.test_case_count + difference };
  const action = update(
    db,
    keys.problem(problemId),
    "problem",
    { add: { test_case_count: difference } },
    { exists: true, equals: { version: before.version } },
  );
  return { action, change: { entity: "problem", before, after } satisfies Change };
}

async function requireTestCase(db: Database, problemId: number, id: number): Promise<TestCase> {
  await requireProblem(db, problemId);
  const [manifest, item] = await getItems(db, [
    keys.testCases(problemId),
    keys.testCase(problemId, id),
  ]);
  if (item && TestCaseManifest.parse(manifest ?? { problem: problemId }).test_case_ids.has(id))
    return TestCase.parse(item);
  throw new CoreError("not_found", `test case ${id} of problem ${problemId} not found`);
}

function written(
  id: number,
  changes: readonly Change[],
  testCases: readonly TestCase[],
): TestCasesWritten {
  return { id, changes, testCases: testCases.map((testCase) => TestCaseView.parse(testCase)) };
}

import { CoreError } from "../core-error.ts";
import type { Problem } from "../problem/problem.ts";
import { pick } from "../pick.ts";
import { nextEdition, sameEdition } from "../problem/problem-edition.ts";
import { noProblem, readHead } from "../problem/problem-reads.ts";
import { type Action, check, put, remove, toItem, update } from "../table/action.ts";
import type { ItemReading } from "../table/attributes.ts";
import { putItems } from "../table/batch-write.ts";
import { countBy } from "../table/count.ts";
import { takeIds } from "../table/counter.ts";
import type { Database, Item } from "../table/database.ts";
import type { Change, Written } from "../table/entities.ts";
import { keys } from "../table/keys.ts";
import { keyPrefixes } from "../table/key-prefixes.ts";
import { getItems, query } from "../table/read-items.ts";
import { retryOnConflict } from "../table/retry.ts";
import { transact } from "../table/transact.ts";
import { entityTag, modifiedMsOf, type Precondition, requireHolds } from "../validators.ts";
import { idOfTestCase, listTestCases, liveIds } from "./test-case-reads.ts";
import type { TestCaseView } from "./test-case.answers.ts";
import type { TestCase, TestCaseInput } from "./test-case.ts";

/** Result of a write of test cases: `id` is the problem's. */
export interface TestCasesWritten extends Written {
  testCases: readonly TestCaseView[];
}

/**
 * Test cases of problems. Writes throw a CoreError: `not_found` (no such problem or test case), `too_large`,
 * `precondition_failed`, and `conflict` if others keep changing the problem. For `add`, a precondition refers to the list; a single test case has no entity tag, because it
 * has no GET.
 */
export interface TestCaseTable {
  /** A problem's test cases, oldest first; empty if there is no such problem. */
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

/** The problem whose test cases are written, the time, and the request's precondition. */
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
  const firstId = await takeIds(db, "test_case", { count: inputs.length });
  const added = inputs.map((input, index): TestCase => ({
    id: firstId + index,
    problem: problemId,
    ...input,
  }));
  // A transaction takes 100 actions and 4 MB, so the texts are written first: they are invisible until one small
  // transaction adds all of them to the manifest, together with the count.
  await putItems(
    db,
    added.map((testCase) => toItem(keys.testCase(problemId, testCase.id), "test_case", testCase)),
  );
  const ids = new Set(added.map(({ id }) => id));
  return retryOnConflict(async () => {
    const shelf = await requireList(db, edit);
    const live = new Set([...shelf.live, ...ids]);
    const counted = count(db, shelf, { by: ids.size, live }, edit);
    const listed = shelf.broken
      ? replaceManifest(db, shelf, live)
      : update(db, keys.testCases(problemId), "test_cases", {
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
  return retryOnConflict(async () => {
    const shelf = await requireTestCase(db, edit, id);
    const after: TestCase = { id, problem: problemId, ...input };
    const refused = await transact(db, [
      shelf.broken
        ? replaceManifest(db, shelf, shelf.live)
        : check(db, keys.testCases(problemId), { contains: { test_case_ids: id } }),
      put(db, keys.testCase(problemId, id), "test_case", after),
      editHead(db, shelf, {}, edit),
    ]);
    return refused.length > 0
      ? undefined
      : // `before` is not the former state: with equal states, a retry of a completed write would invalidate nothing.
        written(problemId, [{ entity: "test_case", before: null, after }], [after]);
  });
}

async function removeOne(db: Database, edit: Edit, id: number): Promise<Written> {
  const { problemId } = edit;
  return retryOnConflict(async () => {
    const shelf = await requireTestCase(db, edit, id);
    const live = new Set([...shelf.live].filter((other) => other !== id));
    const counted = count(db, shelf, { by: -1, live }, edit);
    const refused = await transact(db, [
      shelf.broken
        ? replaceManifest(db, shelf, live)
        : update(
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
    // Its texts are left out: its views only need to know that it is gone.
    const before: TestCase = { id, problem: problemId, input: "", output: "" };
    return {
      id: problemId,
      changes: [counted.change, { entity: "test_case", before, after: null }],
    };
  });
}

/** A problem's head with the ids of its test cases. */
interface Shelf {
  head: ItemReading<Problem>;
  live: ReadonlySet<number>;
  /** The manifest if its set of ids is unreadable: a write replaces it with the ids of the stored test cases. */
  broken: Item | undefined;
}

async function requireShelf(db: Database, { problemId }: Edit): Promise<Shelf> {
  const key = keys.testCases(problemId);
  const [item, manifest] = await getItems(db, [keys.problem(problemId), key]);
  const head = item && readHead(db, problemId, item);
  if (!head || head.row.is_deleted) throw noProblem(problemId);
  const live = liveIds(db, problemId, manifest);
  if (live) return { head, live, broken: undefined };
  const stored = await query(db, { pk: key.pk, prefix: keyPrefixes.test_case.sk });
  return { head, live: new Set(stored.map(idOfTestCase)), broken: manifest };
}

/** The problem, if its list of test cases satisfies the precondition. */
async function requireList(db: Database, edit: Edit): Promise<Shelf> {
  const shelf = await requireShelf(db, edit);
  if (edit.precondition) {
    const tag = entityTag(await listTestCases(db, edit.problemId));
    requireHolds(edit.precondition, { tag, modifiedMs: modifiedMsOf(shelf.head.row) });
  }
  return shelf;
}

async function requireTestCase(db: Database, edit: Edit, id: number): Promise<Shelf> {
  const { problemId, precondition } = edit;
  const shelf = await requireShelf(db, edit);
  const [item] = await getItems(db, [keys.testCase(problemId, id)]);
  if (!item || !shelf.live.has(id))
    throw new CoreError("not_found", `test case ${id} of problem ${problemId} not found`);
  if (precondition)
    requireHolds(precondition, { tag: undefined, modifiedMs: modifiedMsOf(shelf.head.row) });
  return shelf;
}

/** Adds to the count on the problem's head; an invalid count becomes the resulting number of ids. */
function count(
  db: Database,
  shelf: Shelf,
  { by, live }: { by: number; live: ReadonlySet<number> },
  edit: Edit,
) {
  const { row: before, stored } = shelf.head;
  const shown = before.test_case_count;
  const counted = countBy(stored, "test_case_count", { shown, by, right: live.size });
  const after = { ...before, test_case_count: shown + by };
  const action = editHead(db, shelf, counted, edit);
  return { action, change: { entity: "problem", before, after } satisfies Change };
}

/**
 * The action that an edit of test cases makes on the problem's head: it raises the edition. It is refused if the head's version
 * has changed since it was read, or with a precondition if the edition has.
 */
function editHead(
  db: Database,
  { head }: Shelf,
  counted: Partial<ReturnType<typeof countBy>>,
  { nowMs, precondition }: Edit,
): Action {
  const edition = nextEdition(head, nowMs);
  return update(
    db,
    keys.problem(head.row.id),
    "problem",
    { set: { ...counted.set, ...edition.set }, add: { ...counted.add, ...edition.add } },
    {
      exists: true,
      equals: {
        version: head.stored["version"],
        ...counted.equals,
        ...edition.equals,
        ...(precondition && sameEdition(head)),
      },
    },
  );
}

function replaceManifest(db: Database, { head, broken }: Shelf, ids: ReadonlySet<number>): Action {
  const { id: problem } = head.row;
  return put(
    db,
    keys.testCases(problem),
    "test_cases",
    // DynamoDB has no empty sets.
    { problem, ...(ids.size > 0 && { test_case_ids: ids }) },
    { exists: true, equals: { test_case_ids: broken?.["test_case_ids"] } },
  );
}

function written(
  id: number,
  changes: readonly Change[],
  testCases: readonly TestCase[],
): TestCasesWritten {
  return {
    id,
    changes,
    testCases: testCases.map((testCase) => pick(testCase, ["id", "input", "output"])),
  };
}

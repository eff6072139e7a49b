import { isDeepStrictEqual } from "node:util";
import { CoreError } from "../core-error.ts";
import { type Action, put, remove, update } from "../table/action.ts";
import { takeIds } from "../table/counter.ts";
import type { Database } from "../table/database.ts";
import type { Written } from "../table/entities.ts";
import { keys } from "../table/keys.ts";
import { getItem } from "../table/read-items.ts";
import { untilUndisturbed } from "../table/retry.ts";
import { transact } from "../table/transact.ts";
import { modifiedAt, type Precondition } from "../validators.ts";
import { Problem, ProblemBody, ProblemKeyItem } from "./problem.ts";
import { changeOfVisibility, changesInDoubt, changesOf } from "./problem-changes.ts";
import type { ProblemInput, ProblemPatch } from "./problem-input.ts";
import { nextEdition, requireDetail } from "./problem-edition.ts";
import { noProblem, type ProblemWithBody, requireProblem } from "./problem-reads.ts";

export async function createProblem(
  db: Database,
  input: ProblemInput,
  nowMs: number,
): Promise<Written> {
  const { constraints, solution_code, ...head } = input;
  return untilUndisturbed(async () => {
    const id = await takeIds(db, "problem");
    const created_at = new Date(nowMs).toISOString();
    const problem: Problem = {
      ...head,
      id,
      created_at,
      modified_at: modifiedAt(nowMs),
      is_deleted: false,
      test_case_count: 0,
      version: 1,
    };
    // Most imported problems have neither: no item is then no write, and reads as empty.
    const body =
      constraints === "" && solution_code === null ? undefined : { id, constraints, solution_code };

    const key = claimKey(db, problem);
    const refused = await transact(db, [
      key,
      put(db, keys.problem(id), "problem", problem, { exists: false }),
      ...(body ? [put(db, keys.problemBody(id), "problem_body", body)] : []),
    ]);
    if (refused.includes(key)) throw await keyTaken(db, problem);
    return refused.length > 0
      ? undefined
      : { id, changes: changesOf(undefined, { problem, body }) };
  });
}

/** How a change is made: when, and what it asks of the problem as it is. */
export interface ChangeOptions {
  nowMs: number;
  precondition: Precondition | undefined;
}

export async function changeProblem(
  db: Database,
  id: number,
  patch: ProblemPatch,
  { nowMs, precondition }: ChangeOptions,
): Promise<Written> {
  return untilUndisturbed(async () => {
    const before = await readToChange(db, id);
    const asked = await requireDetail(db, before, precondition);
    return write(db, before, patch, { nowMs, asked });
  });
}

export async function removeProblem(
  db: Database,
  id: number,
  { nowMs, precondition }: ChangeOptions,
): Promise<Written> {
  return untilUndisturbed(async () => {
    const problem = await requireProblem(db, id);
    const body = precondition && (await getItem(db, keys.problemBody(id), ProblemBody));
    const asked = await requireDetail(db, { problem, body }, precondition);
    return write(db, { problem, body: undefined }, { is_deleted: true }, { nowMs, asked });
  });
}

/** The head before the body: read in one request, an older body could come with a newer head, and be written again. */
async function readToChange(db: Database, id: number): Promise<ProblemWithBody> {
  const problem = await getItem(db, keys.problem(id), Problem);
  if (!problem) throw noProblem(id);
  return { problem, body: await getItem(db, keys.problemBody(id), ProblemBody) };
}

/** Writes what a patch changes, if the problem still is as it was read; undefined when it is not. */
async function write(
  db: Database,
  before: ProblemWithBody,
  patch: ProblemPatch,
  { nowMs, asked: askedOfHead }: { nowMs: number; asked: { edition?: number | undefined } },
): Promise<Written | undefined> {
  const { problem } = before;
  const asked = Object.values(patch).filter((value) => value !== undefined).length;
  const { constraints, solution_code, ...head } = patch;
  const set = whatDiffers(problem, head);
  const emptyBody: ProblemBody = { id: problem.id, constraints: "", solution_code: null };
  const setBody = whatDiffers(before.body ?? emptyBody, { constraints, solution_code });
  const changed = Object.keys({ ...set, ...setBody }).length;
  if (changed === 0) return { id: problem.id, changes: changesInDoubt(problem) };

  const after: Problem = { ...problem, ...set, version: (problem.version ?? 0) + 1 };
  const { execution_count, ...setHead } = set;
  // Added to, as executions do without raising the version: one that comes between is not lost.
  const counted =
    execution_count === undefined
      ? {}
      : { execution_count: execution_count - problem.execution_count };
  const edition = nextEdition(nowMs);
  const bodyAfter =
    Object.keys(setBody).length === 0 ? before.body : { ...emptyBody, ...before.body, ...setBody };
  const claim = keyOf(after) === keyOf(problem) ? undefined : claimKey(db, after);
  const actions: Action[] = [
    update(
      db,
      keys.problem(problem.id),
      "problem",
      {
        set: { ...setHead, version: after.version, ...edition.set },
        add: { ...counted, ...edition.add },
      },
      { exists: true, equals: { version: problem.version, ...askedOfHead } },
    ),
    ...(bodyAfter && bodyAfter !== before.body
      ? [put(db, keys.problemBody(problem.id), "problem_body", bodyAfter)]
      : []),
    ...(claim
      ? [
          claim,
          remove(db, keys.problemKey(problem.platform, problem.problem_id), {
            equals: { id: problem.id },
          }),
        ]
      : []),
  ];
  const refused = await transact(db, actions);
  if (claim && refused.includes(claim)) throw await keyTaken(db, after);
  return refused.length > 0
    ? undefined
    : {
        id: problem.id,
        changes: [
          ...changesOf(before, { problem: after, body: bodyAfter }),
          // What was as asked already may be the work of a first try, whose invalidation is not done.
          ...(changed < asked ? [changeOfVisibility(problem)] : []),
        ],
      };
}

/** The item that keeps a platform's problem id unique; a deleted problem keeps it, so that it can be restored. */
function claimKey(db: Database, { platform, problem_id, id }: Problem): Action {
  return put(
    db,
    keys.problemKey(platform, problem_id),
    "problem_key",
    { platform, problem_id, id },
    { exists: false },
  );
}

async function keyTaken(db: Database, { platform, problem_id }: Problem): Promise<CoreError> {
  const owner = await getItem(db, keys.problemKey(platform, problem_id), ProblemKeyItem);
  const problem = owner && (await getItem(db, keys.problem(owner.id), Problem));
  const rest = problem?.is_deleted
    ? `as problem ${problem.id}, which is deleted: PATCH it with {"is_deleted": false} to restore it`
    : `as problem ${owner?.id}: PATCH it to change it`;
  return new CoreError("conflict", `${platform} ${problem_id} exists already, ${rest}`);
}

/** The part of a patch that is given and not so already. */
function whatDiffers<Row extends object>(
  row: Row,
  patch: { [F in keyof Row]?: Row[F] | undefined },
): Partial<Row> {
  const fields = Object.entries(patch).filter(
    ([field, value]) => value !== undefined && !isDeepStrictEqual(value, row[field as keyof Row]),
  );
  return Object.fromEntries(fields) as Partial<Row>;
}

const keyOf = ({ platform, problem_id }: Problem): string =>
  keys.problemKey(platform, problem_id).pk;

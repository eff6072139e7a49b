import { isDeepStrictEqual } from "node:util";
import { put, update } from "../table/action.ts";
import { damageOf, type ItemReading } from "../table/attributes.ts";
import { repairCounter, takeIds } from "../table/counter.ts";
import { type Database, hiding } from "../table/database.ts";
import type { Written } from "../table/entities.ts";
import { assertFits } from "../table/item-size.ts";
import { keys } from "../table/keys.ts";
import { retryOnConflict } from "../table/retry.ts";
import { transact } from "../table/transact.ts";
import { modifiedAt, type Precondition } from "../validators.ts";
import { isListed, type Problem, type ProblemBody } from "./problem.ts";
import { changeOfVisibility, changesInDoubt, changesOf } from "./problem-changes.ts";
import type { ProblemInput, ProblemPatch } from "./problem-input.ts";
import { claimKey, keyTaken, movePair } from "./problem-key.ts";
import { nextEdition, requireDetail } from "./problem-edition.ts";
import { countRuns, executionsOf } from "./problem-runs.ts";
import { getBody, getHead, noProblem, requireHead, type StoredProblem } from "./problem-reads.ts";

export async function createProblem(
  db: Database,
  input: ProblemInput,
  nowMs: number,
): Promise<Written> {
  const { constraints, solution_code, ...fields } = input;
  return retryOnConflict(async () => {
    const id = await takeIds(db, "problem");
    const created_at = new Date(nowMs).toISOString();
    const problem: Problem = {
      ...fields,
      id,
      created_at,
      modified_at: modifiedAt(nowMs),
      is_deleted: false,
      test_case_count: 0,
      counted_runs: 0,
      version: 1,
    };
    // Most imported problems have neither text: then no item is written, and an absent item reads as empty.
    const body =
      constraints === "" && solution_code === null ? undefined : { id, constraints, solution_code };

    const key = claimKey(db, problem);
    const head = put(db, keys.problem(id), "problem", problem, { exists: false });
    const refused = await transact(db, [
      key,
      head,
      ...(body ? [put(db, keys.problemBody(id), "problem_body", body)] : []),
    ]);
    if (refused.includes(key)) throw await keyTaken(db, problem);
    // A counter that is behind gives out ids that are taken.
    if (refused.includes(head)) await repairCounter(db, "problem");
    return refused.length > 0
      ? undefined
      : { id, changes: changesOf(undefined, { problem, body }) };
  });
}

/** Options of a change: its time, and its precondition on the current problem. */
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
  return retryOnConflict(async () => {
    // The head before the body: one request could return an older body with a newer head, and a field of the patch that
    // equals the older body would not be written.
    const head = await getHead(db, id);
    if (!head) throw noProblem(id);
    const before = { head, body: await getBody(db, id) };
    const condition = await requireDetail(db, before, precondition);
    const runs = patch.execution_count === undefined ? 0 : await countRuns(db, id);
    return write(db, before, patch, { nowMs, condition, runs });
  });
}

export async function removeProblem(
  db: Database,
  id: number,
  { nowMs, precondition }: ChangeOptions,
): Promise<Written> {
  return retryOnConflict(async () => {
    const head = await requireHead(db, id);
    const body = precondition && (await getBody(db, id));
    const condition = await requireDetail(db, { head, body }, precondition);
    const options = { nowMs, condition, runs: 0 };
    return write(db, { head, body: undefined }, { is_deleted: true }, options);
  });
}

/** Writes what a patch changes, if the problem is still as it was read; undefined if it is not. */
async function write(
  db: Database,
  { head, body }: StoredProblem,
  patch: ProblemPatch,
  { nowMs, condition, runs }: { nowMs: number; condition: { edition?: unknown }; runs: number },
): Promise<Written | undefined> {
  const { row: problem, stored } = head;
  const { id } = problem;
  const requested = Object.values(patch).filter((value) => value !== undefined).length;
  const { constraints, solution_code, execution_count, ...headPatch } = patch;
  const set = {
    ...whatDiffers(head, headPatch),
    ...(execution_count !== undefined && countFields(head, execution_count, runs)),
  };
  const emptyBody: ProblemBody = { id, constraints: "", solution_code: null };
  const noBody = {
    row: emptyBody,
    stored: { ...keys.problemBody(id) },
    unreadable: new Set<string>(),
  };
  const setBody = whatDiffers(body ?? noBody, { constraints, solution_code });
  const after: Problem = { ...problem, ...set, version: (problem.version ?? 0) + 1 };
  const moves = await movePair(db, head, after, patch);
  const changed = Object.keys({ ...set, ...setBody }).filter((field) => field in patch).length;
  const isRepair = changed === 0 || damageOf(head, body) !== undefined;
  if (changed === 0 && moves.length === 0 && !head.unreadable.has("id")) {
    await db.inDoubt?.([keys.problem(id)]);
    return { id, changes: changesInDoubt(problem) };
  }

  const bodyAfter =
    Object.keys(setBody).length === 0 ? body?.row : { ...emptyBody, ...body?.row, ...setBody };
  if (bodyAfter) assertFits({ ...keys.problemBody(id), ...bodyAfter });
  const edition = nextEdition(head, nowMs);
  const actions = [
    update(
      db,
      keys.problem(id),
      "problem",
      {
        set: { id, ...set, version: after.version, ...edition.set },
        add: edition.add,
      },
      {
        exists: true,
        equals: {
          version: stored["version"],
          ...edition.equals,
          ...condition,
        },
      },
    ),
    ...(bodyAfter && bodyAfter !== body?.row
      ? [update(db, keys.problemBody(id), "problem_body", { set: { ...setBody, id } })]
      : []),
    ...moves,
  ];
  const changes = [
    ...changesOf({ problem, body: body?.row }, { problem: after, body: bodyAfter }),
    // A field is already as requested: a first attempt may have written it, without its invalidation.
    ...(changed < requested ? [changeOfVisibility(problem)] : []),
    // Lists have omitted an unreadable problem, whatever state the row says it was in.
    ...(isRepair ? changesInDoubt(after) : []),
  ];
  const send = (by: Database) => transact(by, actions);
  const refused = hides(problem, after) ? await hiding(db, changes, send) : await send(db);
  if (moves.some((action) => action.Put && refused.includes(action)))
    throw await keyTaken(db, after);
  if (refused.length > 0) return undefined;
  return { id, changes };
}

/** True if a change hides a problem from users, or deletes a draft. */
const hides = (before: Problem, after: Problem): boolean =>
  (isListed(before) && !isListed(after)) || (!before.is_deleted && after.is_deleted);

/** Fields that set the number of executions, to which later executions are added. */
function countFields(
  { row, unreadable }: ItemReading<Problem>,
  execution_count: number,
  runs: number,
): Partial<Problem> {
  const isSo = executionsOf(row, runs) === execution_count && !unreadable.has("execution_count");
  return isSo ? {} : { execution_count, counted_runs: runs };
}

/** The part of a patch that is present and differs from the problem. */
function whatDiffers<Row extends object>(
  { row, stored, unreadable }: ItemReading<Row>,
  patch: { [F in keyof Row]?: Row[F] | undefined },
): Partial<Row> {
  const fields = Object.entries(patch).filter(
    ([field, value]) =>
      value !== undefined &&
      (unreadable.has(field) ||
        !isDeepStrictEqual(value, row[field as keyof Row]) ||
        // Readers see the patch's number already, but another one is stored: it is repaired.
        (typeof value === "number" && value !== stored[field] && stored[field] !== undefined)),
  );
  return Object.fromEntries(fields) as Partial<Row>;
}

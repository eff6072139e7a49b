import { CoreError } from "../core-error.ts";
import { type Action, put, remove } from "../table/action.ts";
import type { ItemReading } from "../table/attributes.ts";
import type { Database, Item } from "../table/database.ts";
import { keys } from "../table/keys.ts";
import { getItems, getStored } from "../table/read-items.ts";
import type { Problem } from "./problem.ts";
import type { ProblemPatch } from "./problem-input.ts";
import { getHead } from "./problem-reads.ts";
import { movePairOfRuns } from "./problem-runs.ts";

/**
 * The action that writes the item that makes a platform's problem id unique. It is refused if the item exists, or with `found`
 * if the item's id has changed since it was read. A deleted problem keeps its item, so that the problem can be restored.
 */
export function claimKey(
  db: Database,
  { platform, problem_id, id }: Pick<Problem, "platform" | "problem_id" | "id">,
  found?: Item,
): Action {
  return put(
    db,
    keys.problemKey(platform, problem_id),
    "problem_key",
    { platform, problem_id, id },
    found ? { exists: true, equals: { id: found["id"] } } : { exists: false },
  );
}

/**
 * Moves a problem to the pair (platform and problem id) that a patch names. An item there that names no problem is
 * replaced, so that a patch with the problem's own pair repairs it. The item of the old pair is deleted if it names this
 * problem.
 */
export async function movePair(
  db: Database,
  { row: before, unreadable }: ItemReading<Problem>,
  after: Problem,
  patch: ProblemPatch,
): Promise<Action[]> {
  if (patch.platform === undefined && patch.problem_id === undefined) return [];
  const isKnown = PAIR.every((name) => patch[name] !== undefined || !unreadable.has(name));
  if (!isKnown) return [];
  const now = keys.problemKey(after.platform, after.problem_id);
  const old = keys.problemKey(before.platform, before.problem_id);
  const moves = old.pk !== now.pk;
  const [found, left] = await getItems(db, moves ? [now, old] : [now]);
  return [
    ...(found?.["id"] === after.id
      ? []
      : [claimKey(db, after, isId(found?.["id"]) ? undefined : found)]),
    ...(left?.["id"] === after.id ? [remove(db, old, { equals: { id: after.id } })] : []),
    ...(moves ? movePairOfRuns(db, after.id, after) : []),
  ];
}

const PAIR = ["platform", "problem_id"] as const;

const isId = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) > 0;

/** The conflict with another problem that has the pair. */
export async function keyTaken(
  db: Database,
  { platform, problem_id }: Pick<Problem, "platform" | "problem_id">,
): Promise<CoreError> {
  const owner = await getStored(db, keys.problemKey(platform, problem_id));
  const id = isId(owner?.["id"]) ? Number(owner?.["id"]) : undefined;
  const problem = id === undefined ? undefined : (await getHead(db, id))?.row;
  const named = id === undefined ? "a problem whose id cannot be read" : `problem ${id}`;
  const rest = problem?.is_deleted
    ? `as problem ${problem.id}, which is deleted: PATCH it with {"is_deleted": false} to restore it`
    : `as ${named}: PATCH it to change it`;
  return new CoreError("conflict", `${platform} ${problem_id} exists already, ${rest}`);
}

import { type Action, check, update } from "../table/action.ts";
import type { Database, Item } from "../table/database.ts";
import { keys, pks, RUN_SHARDS } from "../table/keys.ts";
import { getItems, query } from "../table/read-items.ts";
import { COUNT_LIMIT, isCount } from "../table/stored.ts";
import { transact } from "../table/transact.ts";
import { type Problem, ProblemRuns } from "./problem.ts";

type Pair = Pick<Problem, "platform" | "problem_id">;

/** Number of a problem's executions in its counters. */
export async function countRuns(db: Database, id: number): Promise<number> {
  const items = await query(db, { pk: pks.problemRuns(id) });
  return items.reduce((sum, item) => sum + runsOf(db, item), 0);
}

function runsOf(db: Database, { runs, ...item }: Item): number {
  if (isCount(runs)) return runs;
  if (runs !== undefined)
    db.onUnreadable?.(item, new RangeError("`runs` must be a whole number, 0 or more: set it"));
  return ProblemRuns.shape.runs.safeParse(runs).data ?? 0;
}

/** Executions of a problem: the number in its head, and those counted since. */
export const executionsOf = (
  { execution_count, counted_runs }: Pick<Problem, "execution_count" | "counted_runs">,
  runs: number,
): number => Math.min(execution_count + Math.max(0, runs - counted_runs), COUNT_LIMIT);

/**
 * The action that counts an execution. It is refused if the stored number is invalid, or if the counter has another
 * pair: the problem has then got a new pair since it was read, and writing its old pair would let the counter
 * invalidate the wrong details.
 */
export function countRun(
  db: Database,
  { id, platform, problem_id }: Pick<Problem, "id" | "platform" | "problem_id">,
  execution: number,
): Action {
  const pair = { platform, problem_id };
  return update(
    db,
    keys.problemRuns(id, execution % RUN_SHARDS),
    "problem_runs",
    { set: { problem: id, ...pair }, add: { runs: 1 } },
    { missingOr: pair, counts: { runs: COUNT_LIMIT } },
  );
}

/** The actions by which all of a problem's counters get its new pair, including missing ones. */
export function movePairOfRuns(db: Database, id: number, { platform, problem_id }: Pair): Action[] {
  const set = { problem: id, platform, problem_id };
  return Array.from({ length: RUN_SHARDS }, (_, shard) =>
    update(db, keys.problemRuns(id, shard), "problem_runs", { set }),
  );
}

/**
 * Corrects the counter that refused an execution: its pair, if a manual edit has changed the pair only on the head; and an
 * invalid number, which becomes the number that readers see.
 */
export async function repairRuns(db: Database, id: number, execution: number): Promise<void> {
  const key = keys.problemRuns(id, execution % RUN_SHARDS);
  const [head, counter] = await getItems(db, [keys.problem(id), key]);
  if (!head || !counter) return;
  const { platform, problem_id } = head;
  const { runs } = counter;
  const isNonsense = runs !== undefined && !isCount(runs);
  const isMoved = counter["platform"] !== platform || counter["problem_id"] !== problem_id;
  if (!isMoved && !isNonsense) return;
  const set = {
    problem: id,
    platform,
    problem_id,
    ...(isNonsense && { runs: runsOf(db, counter) }),
  };
  await transact(db, [
    check(db, keys.problem(id), { equals: { platform, problem_id } }),
    update(db, key, "problem_runs", { set }, { equals: { runs } }),
  ]);
}

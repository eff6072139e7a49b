import { toItem } from "@algoitny/core/table/action";
import { putItems } from "@algoitny/core/table/batch-write";
import { lastId } from "@algoitny/core/table/counter";
import type { Database, Item } from "@algoitny/core/table/database";
import { keys, PROBLEMS_PER_PARTITION, partitionsUpTo, pks } from "@algoitny/core/table/keys";
import { eachOf, getStored, query } from "@algoitny/core/table/read-items";
import { varyProblem } from "./vary-problem.ts";

/** Number of problems that one request writes: a problem has two items (head and key), and a request takes 25 items. */
const AT_ONCE = 12;

export interface Filled {
  /** Problems up to this id were complete before the run. */
  from: number;
  /** Highest id after the run. */
  to: number;
}

/**
 * Adds variations of the table's problems until the highest id is `wanted`. Started again after an interruption, it writes at
 * most the last thousand ids again, and continues. No other program may add problems meanwhile. Throws when there is no
 * problem to vary.
 */
export async function fillCatalogue(
  db: Database,
  {
    wanted,
    nowMs = Date.now(),
    onProgress = () => {},
  }: { wanted: number; nowMs?: number; onProgress?: (id: number) => void },
): Promise<Filled> {
  const last = await lastId(db, "problem");
  const sources = await readSources(db, last);
  const [newest] = sources;
  if (newest === undefined)
    throw new Error("there is no problem to vary: import some first, as `npm run import` says");
  const from = Math.max(Number(newest["id"]), await lastWritten(db, last));
  for (let first = from + 1; first <= wanted; first += PROBLEMS_PER_PARTITION) {
    const end = Math.min(wanted, first + PROBLEMS_PER_PARTITION - 1);
    // Lists read the partitions up to the counter's, so the counter is written first; a part is complete when the head of its
    // last id exists.
    await putItems(db, [toItem(keys.counter("problem"), "problem_counter", { last: end })]);
    const items = range(first, end).map((id) => itemsOf(varyProblem(sources, id, nowMs)));
    const final = items.pop() ?? [];
    await eachOf(slices(items, AT_ONCE), (some) => putItems(db, some.flat()));
    await putItems(db, final);
    onProgress(end);
  }
  return { from, to: Math.max(from, wanted) };
}

/** Problems that are not variations, newest first. */
async function readSources(db: Database, last: number): Promise<Item[]> {
  const partitions = partitionsUpTo(last);
  const items = await eachOf(partitions, (each) =>
    query(db, { pk: pks.problems(each), newestFirst: true }),
  );
  return items
    .flat()
    .filter((item) => item["variant_of"] === undefined && typeof item["title"] === "string");
}

/** An id up to which every part is complete: after an interruption the run writes the ids after it again. */
async function lastWritten(db: Database, last: number): Promise<number> {
  let id = last;
  while (id > 0 && !(await getStored(db, keys.problem(id)))) id -= PROBLEMS_PER_PARTITION;
  return Math.max(0, id);
}

function itemsOf(problem: ReturnType<typeof varyProblem>): Record<string, unknown>[] {
  const { id, platform, problem_id } = problem;
  return [
    toItem(keys.problemKey(platform, problem_id), "problem_key", { platform, problem_id, id }),
    toItem(keys.problem(id), "problem", problem),
  ];
}

const range = (first: number, last: number): number[] =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);

const slices = <Element>(all: readonly Element[], size: number): Element[][] =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, index) =>
    all.slice(index * size, (index + 1) * size),
  );

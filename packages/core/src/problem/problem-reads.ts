import { CoreError } from "../core-error.ts";
import { lastId } from "../table/counter.ts";
import type { Database } from "../table/database.ts";
import { keys, partitionsUpTo, pks } from "../table/keys.ts";
import { eachOf, getItem, getItems, parseEach, query } from "../table/read-items.ts";
import { Problem, ProblemBody } from "./problem.ts";

export interface ProblemWithBody {
  problem: Problem;
  body: ProblemBody | undefined;
}

export async function getWithBody(db: Database, id: number): Promise<ProblemWithBody | undefined> {
  const [head, body] = await getItems(db, [keys.problem(id), keys.problemBody(id)]);
  return head && { problem: Problem.parse(head), body: body && ProblemBody.parse(body) };
}

/** The problem to write to; throws a CoreError (`not_found`) when there is none, or it is deleted. */
export async function requireProblem(db: Database, id: number): Promise<Problem> {
  const problem = await getItem(db, keys.problem(id), Problem);
  if (!problem || problem.is_deleted) throw noProblem(id);
  return problem;
}

export const noProblem = (id: number): CoreError =>
  new CoreError("not_found", `problem ${id} not found`);

/** The whole catalogue, newest first, deleted problems included. */
export async function listProblems(db: Database): Promise<Problem[]> {
  const heads = parseEach(db, await readPartitions(db, pks.problems), Problem);
  return heads.filter((problem) => problem !== undefined);
}

export async function listBodies(db: Database): Promise<Map<number, ProblemBody>> {
  return byId(db, await readPartitions(db, pks.problemBodies));
}

export async function getBodies(
  db: Database,
  ids: readonly number[],
): Promise<Map<number, ProblemBody>> {
  return byId(db, await getItems(db, ids.map(keys.problemBody)));
}

async function readPartitions(db: Database, pk: (partition: number) => string) {
  const partitions = partitionsUpTo(await lastId(db, "problem"));
  return (
    await eachOf(partitions, (partition) => query(db, { pk: pk(partition), newestFirst: true }))
  ).flat();
}

function byId(db: Database, items: Parameters<typeof parseEach>[1]): Map<number, ProblemBody> {
  const bodies = parseEach(db, items, ProblemBody).filter((body) => body !== undefined);
  return new Map(bodies.map((body) => [body.id, body]));
}

import { CoreError } from "../errors.ts";
import { lastId } from "../table/counter.ts";
import type { Database } from "../table/database.ts";
import { keys, partitionsUpTo, pks } from "../table/keys.ts";
import { eachOf, getItem, getItems, query } from "../table/read.ts";
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
  new CoreError("not_found", `there is no problem ${id}`);

/** The whole catalogue, newest first, deleted problems included. */
export async function listProblems(db: Database): Promise<Problem[]> {
  return (await readPartitions(db, pks.problems)).map((item) => Problem.parse(item));
}

export async function listBodies(db: Database): Promise<Map<number, ProblemBody>> {
  return byId(await readPartitions(db, pks.problemBodies));
}

export async function getBodies(
  db: Database,
  ids: readonly number[],
): Promise<Map<number, ProblemBody>> {
  return byId(await getItems(db, ids.map(keys.problemBody)));
}

async function readPartitions(db: Database, pk: (partition: number) => string) {
  const partitions = partitionsUpTo(await lastId(db, "problem"));
  return (
    await eachOf(partitions, (partition) => query(db, { pk: pk(partition), newestFirst: true }))
  ).flat();
}

function byId(items: readonly unknown[]): Map<number, ProblemBody> {
  const bodies = items.filter((item) => item !== undefined).map((item) => ProblemBody.parse(item));
  return new Map(bodies.map((body) => [body.id, body]));
}

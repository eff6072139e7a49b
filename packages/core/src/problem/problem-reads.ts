import { CoreError } from "../core-error.ts";
import { type ItemReading, readAttributes } from "../table/attributes.ts";
import { lastId } from "../table/counter.ts";
import type { Database, Item } from "../table/database.ts";
import { type Key, keys, partitionsUpTo, pks } from "../table/keys.ts";
import { eachOf, getItems, getStored, parseEach, query } from "../table/read-items.ts";
import { Problem, ProblemBody } from "./problem.ts";

export interface ProblemWithBody {
  problem: Problem;
  body: ProblemBody | undefined;
}

/** The readable part of a problem, and its stored form. */
export interface StoredProblem {
  head: ItemReading<Problem>;
  body: ItemReading<ProblemBody> | undefined;
}

export async function getStoredProblem(
  db: Database,
  id: number,
): Promise<StoredProblem | undefined> {
  const [head, body] = await getItems(db, [keys.problem(id), keys.problemBody(id)]);
  return head && { head: readHead(db, id, head), body: readBody(db, id, body) };
}

/** Reads a head as far as possible. With an unreadable visibility it counts as not completed. */
export function readHead(db: Database, id: number, stored: Item): ItemReading<Problem> {
  const blank = { platform: "", problem_id: "" };
  const head = readAttributes(db, stored, Problem, { own: { id }, blank });
  const isOpen = !VISIBILITY_FIELDS.some((name) => head.unreadable.has(name));
  return isOpen ? head : { ...head, row: { ...head.row, is_completed: false } };
}

const VISIBILITY_FIELDS = ["is_completed", "is_deleted"];

/** True if an item has an attribute of a body: another program may have written other attributes under a body's key. */
const isBody = (stored: Item): boolean =>
  Object.keys(ProblemBody.shape).some((name) => stored[name] !== undefined);

function readBody(
  db: Database,
  id: number,
  stored: Item | undefined,
): ItemReading<ProblemBody> | undefined {
  if (stored === undefined || !isBody(stored)) return undefined;
  return readAttributes(db, stored, ProblemBody, { own: { id }, blank: {} });
}

/** The readable part of a problem; undefined if there is none. */
export async function getHead(db: Database, id: number): Promise<ItemReading<Problem> | undefined> {
  const item = await getStored(db, keys.problem(id));
  return item && readHead(db, id, item);
}

export async function getBody(
  db: Database,
  id: number,
): Promise<ItemReading<ProblemBody> | undefined> {
  return readBody(db, id, await getStored(db, keys.problemBody(id)));
}

/** The problem to write to; throws a CoreError (`not_found`) if there is none, or if it is deleted. */
export async function requireHead(db: Database, id: number): Promise<ItemReading<Problem>> {
  const head = await getHead(db, id);
  if (!head || head.row.is_deleted) throw noProblem(id);
  return head;
}

export const noProblem = (id: number): CoreError =>
  new CoreError("not_found", `problem ${id} not found`);

/** Readable problems of a partition, newest first, deleted ones included. */
export async function listPartition(db: Database, partition: number): Promise<Problem[]> {
  const items = await query(db, { pk: pks.problems(partition), newestFirst: true });
  return parseEach(db, items, Problem, hasOwnId).filter((problem) => problem !== undefined);
}

/** Heads of several problems, in the order of the ids, without absent and unreadable ones. */
export async function getHeads(db: Database, ids: readonly number[]): Promise<Problem[]> {
  const items = await getItems(db, ids.map(keys.problem));
  return parseEach(db, items, Problem, hasOwnId).filter((problem) => problem !== undefined);
}

export async function listBodies(db: Database): Promise<Map<number, ProblemBody>> {
  const partitions = partitionsUpTo(await lastId(db, "problem"));
  const items = await eachOf(partitions, (each) => query(db, { pk: pks.problemBodies(each) }));
  return byId(db, items.flat());
}

export async function getBodies(
  db: Database,
  ids: readonly number[],
): Promise<Map<number, ProblemBody>> {
  return byId(db, await getItems(db, ids.map(keys.problemBody)));
}

function byId(db: Database, items: readonly (Item | undefined)[]): Map<number, ProblemBody> {
  const stored = items.filter((item) => item !== undefined && isBody(item));
  const bodies = parseEach(db, stored, ProblemBody, hasOwnId).filter((body) => body !== undefined);
  return new Map(bodies.map((body) => [body.id, body]));
}

/** True if a head or body contains the id of its sort key: a body with another id would be shown with that problem. */
const hasOwnId = ({ id }: { id: number }, { sk }: Key): boolean => id === Number(sk);

import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { type Changes, type Condition, expressions } from "./action.ts";
import type { Database, Item } from "./database.ts";
import { type CounterName, keys, pks } from "./keys.ts";
import { entityAt } from "./key-prefixes.ts";
import { eachOf, getStored, query } from "./read-items.ts";
import { retryOnConflict } from "./retry.ts";
import { isCount } from "./stored.ts";

/**
 * Highest valid id of each kind. Problems: 10,000 partitions, more than a list could read, so a higher counter is
 * invalid; others: the highest number that keys have digits for.
 */
const HIGHEST_ID: Record<CounterName, number> = {
  problem: 9_999_999,
  test_case: 999_999_999_999,
  history: 999_999_999_999,
  user: 999_999_999_999,
};

/**
 * Takes the next `count` ids of a kind and returns the first. A retry may leave a gap, never a duplicate. An invalid
 * counter is repaired first.
 */
export async function takeIds(
  db: Database,
  name: CounterName,
  { count = 1, now = Date.now }: { count?: number; now?: () => number } = {},
): Promise<number> {
  return retryOnConflict(async () => {
    const changes = { add: { last: count } };
    const last = await change(db, name, changes, { counts: { last: HIGHEST_ID[name] - count } });
    if (Number.isSafeInteger(last)) return Number(last) - count + 1;
    await repairCounter(db, name, now);
    return undefined;
  });
}

/** The highest id taken so far; 0 before the first. For an invalid counter: the highest existing id. */
export async function lastId(db: Database, name: "problem"): Promise<number> {
  const stored = await getStored(db, keys.counter(name));
  return stored === undefined ? 0 : (lastOf(db, name, stored) ?? findLastProblem(db));
}

/**
 * Corrects a counter that is invalid, or behind the existing problems. The last id of other kinds cannot be found: they
 * continue from the seconds since 1970, which are above all ids so far, and gaps are harmless.
 */
export async function repairCounter(
  db: Database,
  name: CounterName,
  now: () => number = Date.now,
): Promise<void> {
  const stored = await getStored(db, keys.counter(name));
  const last = stored && lastOf(db, name, stored);
  const right = name === "problem" ? await findLastProblem(db) : Math.floor(now() / 1_000);
  if (last !== undefined && (name !== "problem" || last >= right)) return;
  await change(db, name, { set: { last: right } }, { equals: { last: stored?.["last"] } });
}

/** The highest id of a problem, found by reading eight partitions at a time until all eight are empty. */
export async function findLastProblem(db: Database): Promise<number> {
  let last = 0;
  for (let first = 0; ; first += PARTITIONS_AT_ONCE) {
    const partitions = Array.from({ length: PARTITIONS_AT_ONCE }, (_, index) => first + index);
    const newest = await eachOf(partitions, (partition) =>
      query(db, { pk: pks.problems(partition), between: ANY_ID, newestFirst: true, limit: 1 }),
    );
    const ids = newest.flat().map(({ sk }) => Number(sk));
    if (ids.length === 0) return last;
    last = Math.max(last, ...ids);
  }
}

const PARTITIONS_AT_ONCE = 8;
const ANY_ID = [keys.problem(0).sk, keys.problem(HIGHEST_ID.problem).sk] as const;

function lastOf(db: Database, name: CounterName, stored: Item): number | undefined {
  const last = stored["last"];
  const most = HIGHEST_ID[name];
  if (isCount(last, most)) return last;
  const message = `\`last\` must be a whole number from 0 to ${most}: set it to the highest ${name} id`;
  db.onUnreadable?.(stored, new RangeError(message));
  return undefined;
}

/** Changes a counter and returns its `last`; undefined if the condition does not hold. */
async function change(
  db: Database,
  name: CounterName,
  { set, ...changes }: Changes,
  condition: Condition,
): Promise<number | undefined> {
  const key = keys.counter(name);
  try {
    const { Attributes } = await db.send(
      new UpdateCommand({
        TableName: db.tableName,
        Key: key,
        ...expressions({ set: { entity: entityAt(key), ...set }, ...changes }, condition),
        ReturnValues: "ALL_NEW",
      }),
    );
    return Number(Attributes?.["last"]);
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return undefined;
    throw error;
  }
}

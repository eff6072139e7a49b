import type { EntityName } from "@algoitny/core/table/entities";
import { type Key, keys } from "@algoitny/core/table/keys";
import { DeleteCommand, GetCommand, PutCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { readTable } from "../../core/soundness/records.ts";
import type { Write } from "../../core/soundness/writes.ts";

/** A rule by its entity and index, and a change that only this rule invalidates. */
export interface RuleWrite {
  entity: EntityName;
  index: number;
  /** Prepares the change; every rule applies. */
  prepare?: Write;
  write: Write;
}

/** Sets one attribute of an item without the API. */
const set =
  (key: Key, attribute: string, value: unknown): Write =>
  async (_, db) =>
    void (await db.send(
      new UpdateCommand({
        TableName: db.tableName,
        Key: key,
        ConditionExpression: "attribute_exists(pk)",
        UpdateExpression: "SET #attribute = :value",
        ExpressionAttributeNames: { "#attribute": attribute },
        ExpressionAttributeValues: { ":value": value },
      }),
    ));

const remove =
  (key: Key): Write =>
  async (_, db) =>
    void (await db.send(new DeleteCommand({ TableName: db.tableName, Key: key })));

/** Deletes an item, then puts it back as it was, both without the API: the second change is that of a new item. */
function putBack(key: Key): Required<Pick<RuleWrite, "prepare" | "write">> {
  let item: Record<string, unknown> | undefined;
  return {
    prepare: async (_, db) => {
      const { Attributes } = await db.send(
        new DeleteCommand({ TableName: db.tableName, Key: key, ReturnValues: "ALL_OLD" }),
      );
      item = Attributes;
      return undefined;
    },
    write: async (_, db) =>
      void (await db.send(new PutCommand({ TableName: db.tableName, Item: item }))),
  };
}

/** Copies the first problem into the next segment, without the API and so without the counter of problems. */
const copyToNextSegment: Write = async (_, db) => {
  const { Item } = await db.send(
    new GetCommand({ TableName: db.tableName, Key: keys.problem(1), ConsistentRead: true }),
  );
  const copy = { ...Item, ...keys.problem(1_500), id: 1_500, problem_id: "4Z", title: "A copy" };
  await db.send(new PutCommand({ TableName: db.tableName, Item: copy }));
  return undefined;
};

/** Raises the first number of an entity's item that does not identify the item, without the API. */
const raise =
  (entity: EntityName, names: readonly string[], of: Record<string, unknown> = {}): Write =>
  async (tables, db) => {
    for (const { pk, sk, ...item } of (await readTable(db)).values()) {
      const [count] = Object.keys(item).filter(
        (each) => !names.includes(each) && typeof item[each] === "number",
      );
      const isMeant = Object.entries(of).every(([name, value]) => item[name] === value);
      if (item["entity"] !== entity || !isMeant || count === undefined) continue;
      const key = { pk: String(pk), sk: String(sk) };
      return set(key, count, Number(item[count]) + 7)(tables, db);
    }
    throw new Error(`no ${entity} has a count`);
  };

const PUBLIC = { kind: "public" } as const;
const rename: Write = ({ problems }) => problems.change(1, { title: "renamed" });

/** Every rule whose absence makes hits stale for more than seconds. */
export const RULE_WRITES: readonly RuleWrite[] = [
  { entity: "history_detail", index: 0, write: set(keys.historyDetail(1), "test_results", []) },
  { entity: "problem", index: 0, write: rename },
  { entity: "problem", index: 1, write: rename },
  {
    entity: "problem",
    index: 2,
    write: ({ problems }) => problems.change(2, { title: "renamed" }),
  },
  { entity: "problem", index: 3, write: rename },
  { entity: "problem", index: 4, write: rename },
  {
    entity: "problem",
    index: 5,
    write: ({ problems }) => problems.change(1, { is_completed: false }),
  },
  {
    entity: "problem",
    index: 6,
    prepare: ({ testCases }) => testCases.add(2, [{ input: "1", output: "1" }]),
    write: remove(keys.problem(2)),
  },
  {
    entity: "problem_body",
    index: 0,
    prepare: ({ problems }) => problems.change(1, { constraints: "few" }),
    write: set(keys.problemBody(1), "constraints", "by hand"),
  },
  { entity: "problem_runs", index: 0, write: raise("problem_runs", ["shard", "problem"]) },
  { entity: "problem_key", index: 0, write: remove(keys.problemKey("codeforces", "4A")) },
  { entity: "test_cases", index: 0, write: remove(keys.testCases(1)) },
  { entity: "test_case", index: 0, write: set(keys.testCase(1, 1), "input", "by hand") },
  // A change of an existing item also invalidates the pages, by the rule for changes.
  { entity: "history", index: 0, ...putBack(keys.history(1)) },
  { entity: "history", index: 1, write: set(keys.history(1), "language", "by hand") },
  { entity: "history", index: 2, write: set(keys.history(1), "language", "by hand") },
  { entity: "feed_entry", index: 0, ...putBack(keys.feedEntry(PUBLIC, 1)) },
  {
    entity: "feed_counts",
    index: 0,
    write: raise("feed_counts", ["shard"], { feed: "public" }),
  },
  { entity: "user_stats", index: 0, write: set(keys.userStats("ann"), "total_executions", 7) },
  {
    entity: "problem_counter",
    index: 0,
    prepare: copyToNextSegment,
    write: set(keys.counter("problem"), "last", 1_500),
  },
];

import type { Database } from "@algoitny/core/table/database";
import type { Written } from "@algoitny/core/table/entities";
import { type Key, keys } from "@algoitny/core/table/keys";
import type { Tables } from "@algoitny/core/tables";
import { DeleteCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import * as fc from "fast-check";
import { actor, anExecution, aProblem } from "../support/fixtures.ts";
import { PAIRS } from "./random-views.ts";

/** One write, with the changes that it reports; an edit by hand reports none. */
export type Write = (tables: Tables, db: Database) => Promise<Written | undefined>;

/** Mostly the first of its kind, so that several writes change the same item. */
const id = fc.oneof({ weight: 2, arbitrary: fc.constant(1) }, fc.integer({ min: 1, max: 3 }));
const pair = fc.constantFrom(...PAIRS).map(([platform, problem_id]) => ({ platform, problem_id }));
const text = fc.constantFrom("1", "2");
const testCase = fc.record({ input: text, output: text });
const sub = fc.constantFrom("ann", "bob");
const patch = fc.oneof(
  fc.record({ title: fc.constantFrom("a", "b", "c") }),
  fc.record({ is_completed: fc.boolean() }),
  fc.record({ is_deleted: fc.boolean() }),
  fc.record({ solution_code: fc.constantFrom("x", null), constraints: fc.constantFrom("", "few") }),
  fc.record({ execution_count: fc.nat({ max: 3 }) }),
  fc.record({ title: fc.constantFrom("a", "b"), is_completed: fc.boolean() }),
  pair,
);

const executionOf = (problem_id: number, is_code_public: boolean) =>
  anExecution({
    problem_id,
    is_code_public,
    test_results: [{ test_case_id: 1, passed: true }],
  });

/** Creates the initial items: a problem with a test case and an execution, and a draft. */
export async function begin({ problems, testCases, history }: Tables): Promise<void> {
  await problems.create(aProblem());
  await testCases.add(1, [{ input: "1", output: "1" }]);
  await problems.create(
    aProblem({ platform: "baekjoon", problem_id: "1000", is_completed: false }),
  );
  await history.record(actor("ann"), executionOf(1, true));
}

/** Writes that state the wanted result: a retry finds nothing left to do. */
export const setting: fc.Arbitrary<Write> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.tuple(id, patch).map(
      ([problem, fields]): Write =>
        ({ problems }) =>
          problems.change(problem, fields),
    ),
  },
  fc.tuple(id, id, testCase).map(
    ([problem, one, input]): Write =>
      ({ testCases }) =>
        testCases.change(problem, one, input),
  ),
  fc.tuple(id, sub, fc.boolean(), fc.constantFrom("try", "think", undefined)).map(
    ([row, name, is_code_public, hint]): Write =>
      ({ history }) =>
        history.change(row, name, { is_code_public, ...(hint && { hints: [hint] }) }),
  ),
);

/** Writes that create or delete something. */
export const making: fc.Arbitrary<Write> = fc.oneof(
  fc.tuple(pair, fc.boolean()).map(
    ([named, is_completed]): Write =>
      ({ problems }) =>
        problems.create(aProblem({ ...named, is_completed })),
  ),
  id.map(
    (problem): Write =>
      ({ problems }) =>
        problems.remove(problem),
  ),
  fc.tuple(id, testCase).map(
    ([problem, input]): Write =>
      ({ testCases }) =>
        testCases.add(problem, [input]),
  ),
  fc.tuple(id, id).map(
    ([problem, one]): Write =>
      ({ testCases }) =>
        testCases.remove(problem, one),
  ),
  {
    weight: 3,
    arbitrary: fc
      .tuple(id, sub, fc.boolean())
      .map(([problem_id, name, is_code_public]): Write => ({ history }) => {
        return history.record(actor(name), executionOf(problem_id, is_code_public));
      }),
  },
);

type Attributes = Record<string, unknown>;

/** Sets attributes of an existing item, and removes those that are undefined. */
const changeByHand =
  (key: Key, attributes: Attributes): Write =>
  async (_, db) => {
    const names = Object.keys(attributes);
    const clause = (verb: string, parts: string[]) =>
      parts.length > 0 ? `${verb} ${parts.join(", ")} ` : "";
    const isSet = (name: string) => attributes[name] !== undefined;
    await db.send(
      new UpdateCommand({
        TableName: db.tableName,
        Key: key,
        ConditionExpression: "attribute_exists(pk)",
        UpdateExpression:
          clause(
            "SET",
            names.filter(isSet).map((name) => `#${name} = :${name}`),
          ) +
          clause(
            "REMOVE",
            names.filter((name) => !isSet(name)).map((name) => `#${name}`),
          ),
        ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
        ...(names.some(isSet) && {
          ExpressionAttributeValues: Object.fromEntries(
            names.filter(isSet).map((name) => [`:${name}`, attributes[name]]),
          ),
        }),
      }),
    );
    return undefined;
  };

const removeByHand =
  (key: Key): Write =>
  async (_, db) => {
    await db.send(new DeleteCommand({ TableName: db.tableName, Key: key }));
    return undefined;
  };

const named = fc.constantFrom<Attributes>({}, { entity: undefined }, { entity: "counter" });
const byHand = (key: fc.Arbitrary<Key>, ...attributes: Attributes[]) =>
  fc
    .tuple(key, fc.constantFrom(...attributes), named)
    .map(([at, some, name]) => changeByHand(at, { ...some, ...name }));

/** Manual writes of items without the API: sensible, odd and invalid ones. */
export const handWrite: fc.Arbitrary<Write> = fc.oneof(
  {
    weight: 3,
    arbitrary: byHand(
      id.map(keys.problem),
      { title: "by hand" },
      { title: { en: "unreadable" } },
      { tags: new Set(["a", "b"]), created_at: undefined },
      { is_completed: true },
      { is_completed: null, is_deleted: undefined },
      { problem_id: 1000, platform: "baekjoon" },
      { problem_id: "4A", platform: "codeforces" },
      { id: 2 },
    ),
  },
  byHand(id.map(keys.problemBody), { constraints: "by hand" }, { constraints: ["unreadable"] }),
  byHand(
    fc.tuple(id, id).map(([problem, one]) => keys.testCase(problem, one)),
    { input: "by hand" },
    { input: 7 },
    { problem: 2 },
  ),
  byHand(
    id.map(keys.history),
    { is_code_public: true },
    { is_code_public: false },
    { code: "by hand" },
    { code: ["unreadable"] },
  ),
  byHand(id.map(keys.historyDetail), { hints: ["by hand"] }, { test_results: null }),
  byHand(
    sub.map(keys.userStats),
    { total_executions: 7 },
    { total_executions: "unreadable" },
    { sub: "bob" },
  ),
  byHand(
    pair.map(({ platform, problem_id }) => keys.problemKey(platform, problem_id)),
    { id: 1 },
    { id: 2 },
  ),
  fc
    .oneof(
      id.map(keys.problem),
      id.map(keys.testCases),
      id.map(keys.history),
      pair.map(({ platform, problem_id }) => keys.problemKey(platform, problem_id)),
    )
    .map(removeByHand),
);

import { tagsFor } from "@algoitny/core/invalidation-rules";
import { problemDetail } from "@algoitny/core/problem/problem.resources";
import { keys, RUN_SHARDS } from "@algoitny/core/table/keys";
import { repairRuns } from "@algoitny/core/problem/problem-runs";
import { getStored } from "@algoitny/core/table/read-items";
import { createTables } from "@algoitny/core/tables";
import { TransactWriteCommand } from "@aws-sdk/lib-dynamodb";
import { expect, test } from "vitest";
import { uncached } from "@algoitny/core/uncached";
import { actor, anExecution, aProblem, setup, shownBy } from "../support/fixtures.ts";

type App = Awaited<ReturnType<typeof setup>>;

const executionsOf = async ({ tables }: App, id: number) =>
  (await tables.problems.getWithBody(id))?.problem.execution_count;

const execute = ({ tables }: Pick<App, "tables">, problem_id: number, sub = "ann") =>
  tables.history.record(actor(sub), anExecution({ problem_id }));

test("each execution counts once among concurrent executions, edits and renames, and after the count is set", async () => {
  await using app = await setup();
  const { problems } = app.tables;
  const { id } = await problems.create(aProblem({ execution_count: 7 }));
  const users = Array.from({ length: 16 }, (_, index) => `user-${index % 8}`);
  await Promise.all([
    ...users.map((sub) => execute(app, id, sub)),
    problems.change(id, { title: "another" }),
    ...["5B", "6C"].map((problem_id) => problems.change(id, { problem_id })),
  ]);
  expect(await executionsOf(app, id)).toBe(7 + users.length);
  await problems.change(id, { execution_count: 3 });
  expect(await executionsOf(app, id)).toBe(3);
  await Promise.all(users.map((sub) => execute(app, id, sub)));
  expect(await executionsOf(app, id)).toBe(3 + users.length);
});

test("an execution does not write the head item, so that it never conflicts with an edit", async () => {
  await using app = await setup();
  const { id } = await app.tables.problems.create(aProblem());
  const before = await app.tables.problems.get(id);
  await execute(app, id);
  expect(await app.tables.problems.get(id)).toEqual(before);
});

test("an execution during a rename invalidates the detail by the new pair", async () => {
  await using app = await setup();
  const { db } = app.table;
  const { id } = await app.tables.problems.create(aProblem());
  await execute(app, id);
  let renames = 0;
  const disturbed = createTables({
    ...db,
    send: (async (command: never) => {
      if ((command as object) instanceof TransactWriteCommand && renames++ === 0)
        await app.tables.problems.change(id, { problem_id: "5B" });
      return db.send(command);
    }) as typeof db.send,
  });
  const { changes } = await execute({ tables: disturbed }, id);
  expect(tagsFor(changes)).toEqual(
    expect.arrayContaining([`problem:${id}`, "problem_key:codeforces:5B"]),
  );
  expect(await executionsOf(app, id)).toBe(2);
});

test("the detail shows the sum of the counters, by either of its keys", async () => {
  await using app = await setup();
  const { id } = await app.tables.problems.create(aProblem({ execution_count: 5 }));
  for (let shard = 0; shard < RUN_SHARDS; shard += 1)
    await app.replaceItem(keys.problemRuns(id, shard), {
      problem: id,
      platform: "codeforces",
      problem_id: "4A",
      runs: shard,
    });
  const source = uncached(async () => app.tables);
  const shown = { execution_count: 5 + (RUN_SHARDS * (RUN_SHARDS - 1)) / 2 };
  const pair = { platform: "codeforces", problem_id: "4A" };
  expect(await shownBy(problemDetail, { id, admin: false }, source)).toMatchObject(shown);
  expect(await shownBy(problemDetail, { ...pair, admin: false }, source)).toMatchObject(shown);
});

test.each([["many"], [-3], [{ n: 1 }]])(
  "a counter that holds %j prevents neither reads nor executions, and the next execution repairs the counter of its shard",
  async (runs) => {
    await using app = await setup();
    const { id } = await app.tables.problems.create(aProblem({ execution_count: 5 }));
    const spoiled = { problem: id, platform: "codeforces", problem_id: "4A", runs };
    for (let shard = 0; shard < RUN_SHARDS; shard += 1)
      await app.replaceItem(keys.problemRuns(id, shard), spoiled);
    expect(await executionsOf(app, id)).toBe(5);
    expect(app.table.unreadable).toHaveLength(RUN_SHARDS);
    await execute(app, id);
    expect(await executionsOf(app, id)).toBe(6);
  },
);

test.each([
  ["an earlier pair", { problem_id: "4B" }, { problem_id: "4A", runs: 2 }],
  ["nonsense", { runs: "many" }, { problem_id: "4A", runs: 0 }],
  ["too large a number", { runs: 1e15 }, { problem_id: "4A", runs: 1e12 }],
])(
  "of two counters with %s, only that of the execution's shard is repaired, from the head item",
  async (_, spoiled, right) => {
    await using app = await setup();
    const { db } = app.table;
    const { id } = await app.tables.problems.create(aProblem());
    const item = { problem: id, platform: "codeforces", problem_id: "4A", runs: 2, ...spoiled };
    for (const shard of [3, 4]) await app.replaceItem(keys.problemRuns(id, shard), item);
    await repairRuns(db, id, RUN_SHARDS + 3);
    expect(await getStored(db, keys.problemRuns(id, 3))).toMatchObject(right);
    expect(await getStored(db, keys.problemRuns(id, 4))).toMatchObject(spoiled);
  },
);

test("a pair that was edited on only the head item prevents no execution", async () => {
  await using app = await setup();
  const { id } = await app.tables.problems.create(aProblem());
  for (let each = 0; each < RUN_SHARDS; each += 1) await execute(app, id);
  await app.changeItem(keys.problem(id), { problem_id: "7D" });
  for (let each = 0; each < RUN_SHARDS; each += 1) await execute(app, id);
  expect(await executionsOf(app, id)).toBe(2 * RUN_SHARDS);
});

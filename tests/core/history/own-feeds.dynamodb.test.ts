import { placesOf } from "@algoitny/core/history/feed-counters";
import { FEED_SHAPE } from "@algoitny/core/history/feed-shape";
import type { Database } from "@algoitny/core/table/database";
import { keys } from "@algoitny/core/table/keys";
import { createTables } from "@algoitny/core/tables";
import { expect, test } from "vitest";
import { auditFeeds } from "../support/feed-audit.ts";
import { actor, anExecution, aProblem, setup } from "../support/fixtures.ts";

/** Records an execution in another process, which has no block of ids yet. */
const record = (db: Database, problem_id: number) =>
  createTables(db).history.record(actor("ann"), anExecution({ problem_id, is_code_public: false }));

test("groups of a user's own feed can be moved at their full size", async () => {
  await using app = await setup();
  const { history, problems } = app.tables;
  const { db } = app.table;
  const { id: problem_id } = await problems.create(aProblem());
  for (const last of [0, 50_000, 150_000, 250_000]) {
    await app.changeItem(keys.counter("history"), { last });
    await record(db, problem_id);
  }
  const own = { kind: "own_private" as const, sub: "ann" };
  expect(await placesOf(db, [own], 1, FEED_SHAPE)).toEqual(["tree"]);
  expect(await placesOf(db, [own], 250_000, FEED_SHAPE)).toEqual(["counters"]);
  const query = { viewer: "ann", my_only: true, offset: 1, limit: 10 };
  expect(await history.page(query)).toMatchObject({
    count: 4,
    rows: [{ id: 150_001 }, { id: 50_001 }, { id: 1 }],
  });
  const { said, right } = await auditFeeds(db);
  expect(said).toEqual(right);
});

test("a group of a user's own feed with executions in each of its 100 ranges is moved whole", async () => {
  await using app = await setup();
  const { history, problems } = app.tables;
  const { db } = app.table;
  const { id: problem_id } = await problems.create(aProblem());
  for (let range = 0; range < 100; range += 1) {
    await app.changeItem(keys.counter("history"), { last: range * 1_000 });
    await record(db, problem_id);
  }
  for (const last of [100_000, 200_000]) {
    await app.changeItem(keys.counter("history"), { last });
    await record(db, problem_id);
  }
  const own = { kind: "own_private" as const, sub: "ann" };
  expect(await placesOf(db, [own], 1, FEED_SHAPE)).toEqual(["tree"]);
  const { said, right } = await auditFeeds(db);
  expect(said).toEqual(right);
  const query = { viewer: "ann", my_only: true, offset: 100, limit: 10 };
  expect(await history.page(query)).toMatchObject({
    count: 102,
    rows: [{ id: 1_001 }, { id: 1 }],
  });
});

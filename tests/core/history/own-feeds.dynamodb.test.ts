import { placesOf } from "@algoitny/core/history/feed-counters";
import { FEED_SHAPE } from "@algoitny/core/history/feed-shape";
import { keys } from "@algoitny/core/table/keys";
import { expect, test } from "vitest";
import { auditFeeds } from "../support/feed-audit.ts";
import { actor, anExecution, aProblem, setup } from "../support/fixtures.ts";

test("groups of a user's own feed move at their full size too", async () => {
  await using app = await setup();
  const { history, problems } = app.tables;
  const { db } = app.table;
  const { id: problem_id } = await problems.create(aProblem());
  for (const last of [0, 50_000, 150_000, 250_000]) {
    await app.changeItem(keys.counter("history"), { last });
    await history.record(actor("ann"), anExecution({ problem_id, is_code_public: false }));
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

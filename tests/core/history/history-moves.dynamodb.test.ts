import { keys } from "@algoitny/core/table/keys";
import { createTables } from "@algoitny/core/tables";
import type { Database } from "@algoitny/core/table/database";
import { expect, test } from "vitest";
import { actor, anExecution, aProblem, setup } from "../support/fixtures.ts";

/** True when a command reads a feed's entries. */
const reads = (command: unknown, feed: string) => {
  const { input } = command as { input: object };
  const values = JSON.stringify(Object.values(input));
  return "KeyConditionExpression" in input && values.includes(`"${feed}",":first"`);
};

test("an execution that is hidden while its owner's feeds are read is listed once", async () => {
  await using app = await setup();
  const { id: problem_id } = await app.tables.problems.create(aProblem());
  const { id } = await app.tables.history.record(
    actor("ann"),
    anExecution({ problem_id, is_code_public: true }),
  );
  const { db } = app.table;
  const publicRead = Promise.withResolvers<void>();
  // The public feed has been read when the execution moves; the owner's private feed is read afterwards.
  const send = async (...[command]: Parameters<Database["send"]>) => {
    if (reads(command, "FEED#OWN_PRIVATE#ann")) {
      await publicRead.promise;
      await app.tables.history.change(id, "ann", { is_code_public: false });
    }
    const answer = await db.send(command);
    if (reads(command, keys.feedEntry({ kind: "public" }, id).pk)) publicRead.resolve();
    return answer;
  };
  const { history } = createTables({ ...db, send: send as Database["send"] });
  const page = await history.page({ viewer: "ann", offset: 0, limit: 20, my_only: false });
  expect(page.rows.map((row) => row.id)).toEqual([id]);
});

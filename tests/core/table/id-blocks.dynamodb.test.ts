import { keys } from "@algoitny/core/table/keys";
import { createIdBlocks } from "@algoitny/core/table/id-blocks";
import { createTables } from "@algoitny/core/tables";
import { expect, test } from "vitest";
import { actor, anExecution, aProblem, setup } from "../support/fixtures.ts";

/** Blocks of ids over a separate table, a clock that only `wait` moves, and the number of requests. */
async function counter() {
  const app = await setup();
  let nowMs = 1_000_000;
  const { db } = app.table;
  const ids = createIdBlocks({ now: () => nowMs });
  const before = app.table.calls();
  return {
    app,
    ids,
    take: () => ids.take(db),
    wait: (ms: number) => (nowMs += ms),
    calls: () => app.table.calls() - before,
    [Symbol.asyncDispose]: () => app[Symbol.asyncDispose](),
  };
}

test("a burst takes ids in blocks of fifty, each id once and in order", async () => {
  await using at = await counter();
  const taken = await Promise.all(Array.from({ length: 200 }, () => at.take()));
  expect(taken).toEqual(Array.from({ length: 200 }, (_, index) => index + 1));
  // The first caller requests a single id.
  expect(at.calls()).toBe(5);
});

test("a process reserves as many ids as it has used in the last second", async () => {
  await using at = await counter();
  for (const expected of [1, 2, 3, 4, 5, 6, 7]) expect(await at.take()).toBe(expected);
  // Blocks of 1, 1, 2 and 4.
  expect(at.calls()).toBe(4);
  at.wait(5_000);
  // The rest of the last block is dropped.
  expect([await at.take(), await at.take()]).toEqual([9, 10]);
  expect(at.calls()).toBe(6);
});

test("the lifetime of a block begins when it is requested, however long the answer takes", async () => {
  await using at = await counter();
  const { db } = at.app.table;
  const send = (command: unknown) => {
    at.wait(900);
    return db.send(command as never);
  };
  const take = () => at.ids.take({ ...db, send: send as never });
  // Blocks of 1, 1 and 2.
  expect([await take(), await take(), await take()]).toEqual([1, 2, 3]);
  at.wait(100);
  expect(await take()).toBe(5);
});

test.each([
  ["a second later", 1_000],
  ["by a clock that was set back", -1],
])("the rest of a block is not used %s", async (_, ms) => {
  await using at = await counter();
  // The last request takes a block of four.
  for (const expected of [1, 2, 3, 4, 5]) expect(await at.take()).toBe(expected);
  at.wait(ms);
  expect(await at.take()).toBe(9);
});

test("two processes never have an id in common", async () => {
  await using at = await counter();
  const other = createIdBlocks();
  const both = Array.from({ length: 60 }, (_, index) =>
    index % 2 ? at.take() : other.take(at.app.table.db),
  );
  expect(new Set(await Promise.all(both)).size).toBe(60);
});

test("after the counter went back, an execution with a taken id tries again, and replaces no other execution", async () => {
  await using app = await setup();
  const { db } = app.table;
  const tables = createTables(db, { ids: createIdBlocks() });
  const { id: problem_id } = await tables.problems.create(aProblem());
  const record = () => tables.history.record(actor("ann"), anExecution({ problem_id }));
  const first = await Promise.all([1, 2, 3].map(record));
  await app.changeItem(keys.counter("history"), { last: 0 });
  const later = await createTables(db).history.record(actor("bob"), anExecution({ problem_id }));
  const ids = [...first, later].map(({ id }) => id);
  expect(new Set(ids).size).toBe(4);
  expect((await tables.problems.getWithBody(problem_id))?.problem.execution_count).toBe(4);
});

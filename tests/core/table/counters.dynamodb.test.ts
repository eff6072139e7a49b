import { findLastProblem, lastId, takeIds } from "@algoitny/core/table/counter";
import { keys } from "@algoitny/core/table/keys";
import { ATTEMPTS } from "@algoitny/core/table/retry";
import { expect, test } from "vitest";
import { aProblem, setup } from "../support/fixtures.ts";
import { NONSENSE } from "../support/nonsense.ts";

const NO_COUNTER: [unknown][] = [...NONSENSE, [2.5]];

/** More problems than the catalogue allows. */
const TOO_MANY = 30_000_000;

test.each(NO_COUNTER)("a counter of %j continues from the seconds since 1970", async (last) => {
  await using app = await setup();
  const { db } = app.table;
  const now = () => 1_800_000_000_000;
  for (const name of ["history", "test_case", "user"] as const) {
    await app.replaceItem(keys.counter(name), { last });
    expect(await takeIds(db, name, { count: 2, now })).toBe(1_800_000_001);
    expect(await takeIds(db, name, { now })).toBe(1_800_000_003);
  }
});

test("an invalid counter gives concurrent requests different ids", async () => {
  await using app = await setup();
  await app.replaceItem(keys.counter("history"), { last: "many" });
  const takers = Array.from({ length: 20 }, () => takeIds(app.table.db, "history"));
  expect(new Set(await Promise.all(takers)).size).toBe(20);
});

test.each([...NO_COUNTER, [TOO_MANY]])(
  "the last problem is found by querying one partition key after the other when the counter is %j",
  async (last) => {
    await using app = await setup();
    const { db } = app.table;
    await app.tables.problems.create(aProblem());
    await app.replaceItem(keys.problem(4_321), { id: 4_321 });
    await app.replaceItem(keys.counter("problem"), { last });
    expect(await lastId(db, "problem")).toBe(4_321);
    expect(app.table.unreadable.map(({ pk }) => pk)).toEqual(["COUNTER#problem"]);
    expect(await takeIds(db, "problem")).toBe(4_322);
  },
);

test("a counter that is far behind is corrected by the next problem", async () => {
  await using app = await setup();
  for (let id = 1; id <= ATTEMPTS + 1; id += 1) await app.replaceItem(keys.problem(id), { id });
  expect((await app.tables.problems.create(aProblem())).id).toBe(ATTEMPTS + 2);
});

test("an empty table has no last problem", async () => {
  await using app = await setup();
  expect(await findLastProblem(app.table.db)).toBe(0);
});

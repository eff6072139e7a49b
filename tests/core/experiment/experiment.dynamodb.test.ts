import { expect, test } from "vitest";
import type { Experiment } from "@algoitny/core/experiment/experiment";
import { createTables } from "@algoitny/core/tables";
import { testTable } from "../../support/dynamodb.ts";

const experiment = (view: string, id = `${view}-1`): Experiment => ({
  view,
  id,
  state: "running",
  usual_seconds: 600,
  trial_seconds: 1_200,
  slot_seconds: 3_600,
  settling_seconds: 1_260,
  started_at: 1_800_000_000,
  ended_at: null,
  ended_because: null,
  read_units: 5,
});

/** The experiments of a new table, at a fixed time. */
async function setup() {
  const table = await testTable();
  const { experiments } = createTables(table.db, { now: () => 1_800_000_500_000 });
  return { table: experiments, [Symbol.asyncDispose]: () => table[Symbol.asyncDispose]() };
}

test("a view has one experiment at a time, and another one when that has ended", async () => {
  await using app = await setup();
  const { table } = app;
  await table.start(experiment("book"));
  await expect(table.start(experiment("book", "book-2"))).rejects.toMatchObject({
    code: "conflict",
  });
  await table.start(experiment("shelf"));
  expect((await table.list()).map(({ id }) => id).toSorted()).toEqual(["book-1", "shelf-1"]);

  const ended = await table.end({ view: "book", id: "book-1" }, "enough");
  expect(ended).toMatchObject({ state: "ended", ended_at: 1_800_000_500, ended_because: "enough" });
  expect(await table.get("book")).toEqual(ended);
  await table.start(experiment("book", "book-2"));
  expect(await table.get("book")).toMatchObject({ id: "book-2", state: "running" });
});

test("an end that comes late ends no other experiment than the one that it was meant for", async () => {
  await using app = await setup();
  const { table } = app;
  await table.start(experiment("page", "page-2"));
  const late = table.end({ view: "page", id: "page-1" }, "late");
  await expect(late).rejects.toMatchObject({ code: "not_found" });
  expect(await table.get("page")).toMatchObject({ state: "running", ended_at: null });
  expect(await table.get("none")).toBeUndefined();
});

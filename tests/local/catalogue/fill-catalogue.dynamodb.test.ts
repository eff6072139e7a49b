import { choose, itemsOf, platformsOf } from "@algoitny/core/problem/catalogue";
import { keys } from "@algoitny/core/table/keys";
import { fillCatalogue } from "@algoitny/local/catalogue/fill-catalogue";
import { DeleteCommand } from "@aws-sdk/lib-dynamodb";
import { expect, test } from "vitest";
import { aProblem, setup } from "../../core/support/fixtures.ts";
import { uncached } from "@algoitny/core/uncached";

async function imported() {
  const app = await setup();
  for (const [index, title] of ["Two Buttons", "Long Way Home", "Tree"].entries())
    await app.tables.problems.create(aProblem({ problem_id: `${index}A`, title, tags: ["dp"] }));
  const shown = async () => itemsOf(choose(await uncached(async () => app.tables).catalogue()));
  return { ...app, shown };
}

test("problems are variations of the imported ones: other judges, titles and numbers, with unique pairs", async () => {
  await using app = await imported();
  expect(await fillCatalogue(app.table.db, { wanted: 60 })).toEqual({ from: 3, to: 60 });
  const shown = await app.shown();
  expect(shown).toHaveLength(60);
  expect(new Set(shown.map(({ platform, problem_id }) => `${platform} ${problem_id}`)).size).toBe(
    60,
  );
  expect(platformsOf(await uncached(async () => app.tables).catalogue())).toHaveLength(11);
  expect(shown.filter(({ title }) => /[가-힣]/.test(title))).toHaveLength(15);
  const [newest] = shown;
  expect(await app.tables.problems.findId(newest?.platform ?? "", newest?.problem_id ?? "")).toBe(
    60,
  );
  expect((await app.tables.problems.create(aProblem({ problem_id: "9Z" }))).id).toBe(61);
});

test("an interrupted command continues where it stopped, and leaves existing problems unchanged", async () => {
  await using app = await imported();
  const { db } = app.table;
  await fillCatalogue(db, { wanted: 20 });
  const before = await app.shown();
  await app.tables.problems.change(10, { title: "changed since" });
  for (const id of [20, 19])
    await db.send(new DeleteCommand({ TableName: db.tableName, Key: { ...keys.problem(id) } }));
  await fillCatalogue(db, { wanted: 20 });
  const after = await app.shown();
  expect(after.map(({ id }) => id)).toEqual(before.map(({ id }) => id));
  await app.tables.problems.change(10, { title: "changed again" });
  expect(await fillCatalogue(db, { wanted: 20 })).toEqual({ from: 20, to: 20 });
  expect((await app.shown()).find(({ id }) => id === 10)?.title).toBe("changed again");
});

test("an empty table has no problem to vary", async () => {
  await using app = await setup();
  await expect(fillCatalogue(app.table.db, { wanted: 5 })).rejects.toThrow("import some first");
});

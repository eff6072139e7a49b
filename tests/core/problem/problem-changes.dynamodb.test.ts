import { tagsFor } from "@algoitny/core/invalidation-rules";
import { isDraft, isListed } from "@algoitny/core/problem/problem";
import { createTables } from "@algoitny/core/tables";
import { TransactWriteCommand } from "@aws-sdk/lib-dynamodb";
import { expect, test } from "vitest";
import { actor, anExecution, aProblem, setup } from "../support/fixtures.ts";

test("concurrent changes of different fields by 20 writers are all kept", async () => {
  await using app = await setup();
  const { problems } = app.tables;
  const { id } = await problems.create(aProblem({ title: "before", language: "c" }));
  const patches = [
    { title: "after" },
    { language: "rust" },
    { constraints: "1 ≤ n" },
    { solution_code: "x" },
    { tags: ["dp"] },
  ];
  await Promise.all(
    Array.from({ length: 20 }, (_, index) =>
      problems.change(id, patches[index % patches.length] ?? {}),
    ),
  );

  expect(await problems.getWithBody(id)).toMatchObject({
    problem: { title: "after", language: "rust", tags: ["dp"] },
    body: { constraints: "1 ≤ n", solution_code: "x" },
  });
});

test("a change contains the old and the new image of each item", async () => {
  await using app = await setup();
  const { problems } = app.tables;
  const { id } = await problems.create(aProblem({ is_completed: false }));
  const { changes } = await problems.change(id, { is_completed: true });

  expect(changes[0]).toMatchObject({
    entity: "problem",
    before: { id, is_completed: false },
    after: { id, is_completed: true },
  });
});

test("a change to the present values writes nothing", async () => {
  await using app = await setup();
  const { problems } = app.tables;
  const { id } = await problems.create(aProblem({ constraints: "few", tags: ["dp"] }));
  const before = await problems.getWithBody(id);

  await problems.change(id, { constraints: "few", tags: ["dp"], title: "Watermelon" });
  expect(await problems.getWithBody(id)).toEqual(before);
});

test("a repeated change with one more field invalidates what the first try should have invalidated", async () => {
  await using app = await setup();
  const { problems } = app.tables;
  const { id } = await problems.create(aProblem());
  const patch = { title: "after", is_completed: false };
  const first = await problems.change(id, patch);
  const again = await problems.change(id, { ...patch, execution_count: 7 });

  expect(tagsFor(again.changes)).toEqual(expect.arrayContaining(tagsFor(first.changes)));
});

test("a repeated change with a count invalidates the lists, although an execution has changed the count", async () => {
  await using app = await setup();
  const { problems, history } = app.tables;
  const { id } = await problems.create(aProblem());
  const patch = { title: "after", execution_count: 7 };
  const first = await problems.change(id, patch);
  await history.record(actor("ann"), anExecution({ problem_id: id }));
  const again = await problems.change(id, patch);

  expect(tagsFor(again.changes)).toEqual(expect.arrayContaining(tagsFor(first.changes)));
});

test("a repeated change that is the same invalidates what the first try should have invalidated", async () => {
  await using app = await setup();
  const { problems } = app.tables;
  const { id } = await problems.create(aProblem());
  const patch = { platform: "baekjoon", problem_id: "1000" };
  const first = await problems.change(id, patch);
  const again = await problems.change(id, patch);

  // The problem's earlier platform and id are no longer known: its detail is invalidated by the tag of all bodies.
  const known = tagsFor(first.changes).filter((tag) => tag !== "problem_key:codeforces:4A");
  expect(tagsFor(again.changes)).toEqual(expect.arrayContaining([...known, "problem_bodies"]));
});

test("setting a count loses no execution that is recorded between its read and its write", async () => {
  await using app = await setup();
  const { db } = app.table;
  const { id } = await app.tables.problems.create(aProblem({ execution_count: 5 }));
  const execute = () => app.tables.history.record(actor("ann"), anExecution({ problem_id: id }));
  const disturbed = createTables({
    ...db,
    send: (async (command: never) => {
      if ((command as object) instanceof TransactWriteCommand) await execute();
      return db.send(command);
    }) as typeof db.send,
  });
  await disturbed.problems.change(id, { execution_count: 8 });
  expect((await app.tables.problems.getWithBody(id))?.problem.execution_count).toBe(9);
});

test("a change of `is_completed` moves a problem between drafts and lists", async () => {
  await using app = await setup();
  const { problems } = app.tables;
  const { id } = await problems.create(aProblem({ is_completed: false }));
  expect((await problems.listPartition(0)).filter(isDraft)).toHaveLength(1);

  await problems.change(id, { is_completed: true });
  expect((await problems.listPartition(0)).filter(isListed)).toHaveLength(1);
  await problems.change(id, { is_completed: false });
  expect((await problems.listPartition(0)).filter(isDraft)).toHaveLength(1);
});

test("a deleted problem is in no list, cannot be deleted again, and is restored as it was", async () => {
  await using app = await setup();
  const { problems } = app.tables;
  const { id } = await problems.create(aProblem({ solution_code: "print(1)" }));
  await problems.remove(id);

  expect(
    (await problems.listPartition(0)).filter((problem) => isListed(problem) || isDraft(problem)),
  ).toEqual([]);
  await expect(problems.remove(id)).rejects.toMatchObject({ code: "not_found" });

  await problems.change(id, { is_deleted: false });
  expect((await problems.listPartition(0)).filter(isListed).map((problem) => problem.id)).toEqual([
    id,
  ]);
  expect((await problems.getWithBody(id))?.body?.solution_code).toBe("print(1)");
});

test("a missing problem can be neither changed nor deleted", async () => {
  await using app = await setup();
  await expect(app.tables.problems.change(7, { title: "x" })).rejects.toMatchObject({
    code: "not_found",
  });
  await expect(app.tables.problems.remove(7)).rejects.toMatchObject({ code: "not_found" });
});

test.each([
  ["a solution brings", { solution_code: "x".repeat(409_600) }],
  ["constraints of few characters and many bytes bring", { constraints: "가".repeat(136_534) }],
])("an item that %s over 400 KB is refused, and nothing is left behind", async (_, texts) => {
  await using app = await setup();
  await expect(app.tables.problems.create(aProblem(texts))).rejects.toMatchObject({
    code: "too_large",
    message: expect.stringContaining("409600 bytes") as string,
  });
  expect(await app.tables.problems.listPartition(0)).toEqual([]);
  expect(await app.tables.problems.findId("codeforces", "4A")).toBeUndefined();
});

test("listing the problems of a thousand ids takes one request", async () => {
  await using app = await setup();
  const { problems } = app.tables;
  await Promise.all(
    Array.from({ length: 30 }, (_, index) =>
      problems.create(aProblem({ problem_id: `${index}A` })),
    ),
  );
  const before = app.table.calls();
  await problems.listPartition(0);
  expect(app.table.calls() - before).toBe(1);
});

test("a problem written by hand without a version can be changed, and numbers in place of texts are read as text", async () => {
  await using app = await setup();
  const { problems } = app.tables;
  const { id } = await problems.create(aProblem());
  await app.replaceItem(
    { pk: "PROBLEMS#0", sk: "000000000001" },
    {
      entity: "problem",
      id,
      platform: "baekjoon",
      problem_id: 1000,
      title: null,
      created_at: "2025-10-07T00:00:00.000Z",
    },
  );
  expect(await problems.get(id)).toMatchObject({
    problem_id: "1000",
    title: "",
    tags: [],
    is_completed: false,
  });
  await problems.change(id, { title: "A+B" });
  expect(await problems.get(id)).toMatchObject({ title: "A+B", version: 1 });
});

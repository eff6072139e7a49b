import { CoreError } from "@algoitny/core/core-error";
import { expect, test } from "vitest";
import { aProblem, setup } from "../support/fixtures.ts";

const rejection = (result: PromiseSettledResult<unknown>): unknown =>
  result.status === "rejected" ? result.reason : undefined;

test("of 50 concurrent creations of one platform and problem id, one succeeds and 49 are conflicts", async () => {
  await using app = await setup();
  const results = await Promise.allSettled(
    Array.from({ length: 50 }, () => app.tables.problems.create(aProblem())),
  );

  const errors = results.map(rejection).filter((error) => error !== undefined);
  expect(errors).toHaveLength(49);
  for (const error of errors) expect(error).toMatchObject({ code: "conflict" });
  expect(await app.tables.problems.listPartition(0)).toHaveLength(1);
});

test("50 different problems created concurrently get 50 ids and are listed newest first", async () => {
  await using app = await setup();
  const created = await Promise.all(
    Array.from({ length: 50 }, (_, index) =>
      app.tables.problems.create(aProblem({ problem_id: `${index}A` })),
    ),
  );

  const ids = created.map(({ id }) => id).toSorted((a, b) => b - a);
  expect(new Set(ids).size).toBe(50);
  expect((await app.tables.problems.listPartition(0)).map(({ id }) => id)).toEqual(ids);
});

test("a deleted problem keeps its problem id, and the conflict says how to restore it", async () => {
  await using app = await setup();
  const { id } = await app.tables.problems.create(aProblem());
  await app.tables.problems.remove(id);

  const again = app.tables.problems.create(aProblem());
  await expect(again).rejects.toThrow(CoreError);
  await expect(again).rejects.toMatchObject({
    code: "conflict",
    message: `codeforces 4A exists already, as problem ${id}, which is deleted: PATCH it with {"is_deleted": false} to restore it`,
  });
});

test("a change of platform and problem id frees the old pair and takes the new one", async () => {
  await using app = await setup();
  const { problems } = app.tables;
  const { id } = await problems.create(aProblem());
  await problems.change(id, { platform: "baekjoon", problem_id: "1000" });

  expect(await problems.findId("codeforces", "4A")).toBeUndefined();
  expect(await problems.findId("baekjoon", "1000")).toBe(id);
  const second = await problems.create(aProblem());
  await expect(
    problems.change(id, { platform: "codeforces", problem_id: "4A" }),
  ).rejects.toMatchObject({ code: "conflict" });
  expect(await problems.findId("codeforces", "4A")).toBe(second.id);
  expect(await problems.get(id)).toMatchObject({ platform: "baekjoon", problem_id: "1000" });
});

test("of 20 problems renamed concurrently to the same pair, one gets it", async () => {
  await using app = await setup();
  const { problems } = app.tables;
  const created = await Promise.all(
    Array.from({ length: 20 }, (_, index) =>
      problems.create(aProblem({ problem_id: `${index}B` })),
    ),
  );
  const results = await Promise.allSettled(
    created.map(({ id }) => problems.change(id, { problem_id: "777Z" })),
  );

  expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  const named = (await problems.listPartition(0)).filter(({ problem_id }) => problem_id === "777Z");
  expect(named.map(({ id }) => id)).toEqual([await problems.findId("codeforces", "777Z")]);
});

test("heads are returned in the requested order, without missing problems", async () => {
  await using app = await setup();
  const { problems } = app.tables;
  const ids: number[] = [];
  for (const problem_id of ["1", "2", "3"])
    ids.push((await problems.create(aProblem({ problem_id }))).id);
  const [first = 0, second = 0, third = 0] = ids;
  await problems.remove(second);
  const heads = await problems.getHeads([third, 9_999, second, first]);
  expect(heads.map(({ id, is_deleted }) => [id, is_deleted])).toEqual([
    [third, false],
    [second, true],
    [first, false],
  ]);
});

import { tagsFor } from "@algoitny/core/invalidation-rules";
import { expect, test } from "vitest";
import { aProblem, setup } from "../support/fixtures.ts";

const cases = (count: number, size = 1) =>
  Array.from({ length: count }, (_, index) => ({
    input: `${index}`.padEnd(size, "."),
    output: `${index * 2}`,
  }));

test("100 test cases of more than 4 MB in total are added together, in order, and counted", async () => {
  await using app = await setup();
  const { problems, testCases } = app.tables;
  const { id } = await problems.create(aProblem());
  const inputs = cases(100, 50_000);
  await testCases.add(id, inputs);

  expect((await testCases.list(id)).map(({ input, output }) => ({ input, output }))).toEqual(
    inputs,
  );
  expect((await problems.get(id))?.test_case_count).toBe(100);
});

test("when one of 100 test cases is too large, none is added", async () => {
  await using app = await setup();
  const { problems, testCases } = app.tables;
  const { id } = await problems.create(aProblem());
  const inputs = [...cases(99), { input: "x".repeat(409_600), output: "" }];

  await expect(testCases.add(id, inputs)).rejects.toMatchObject({
    code: "too_large",
    message: expect.stringContaining("409600 bytes") as string,
  });
  expect(await testCases.list(id)).toEqual([]);
  expect((await problems.get(id))?.test_case_count).toBe(0);
});

test("counts are exact after 30 concurrent writes that add and remove test cases and rename the problem", async () => {
  await using app = await setup();
  const { problems, testCases } = app.tables;
  const { id } = await problems.create(aProblem());
  const { testCases: first } = await testCases.add(id, cases(10));
  await Promise.all([
    ...first.map((testCase) => testCases.remove(id, testCase.id)),
    ...Array.from({ length: 15 }, () => testCases.add(id, cases(3))),
    ...Array.from({ length: 5 }, (_, index) => problems.change(id, { title: `title ${index}` })),
  ]);

  expect(await testCases.list(id)).toHaveLength(45);
  expect((await problems.get(id))?.test_case_count).toBe(45);
});

test("of 10 concurrent removals of one test case, one succeeds and is counted", async () => {
  await using app = await setup();
  const { problems, testCases } = app.tables;
  const { id } = await problems.create(aProblem());
  const { testCases: added } = await testCases.add(id, cases(2));
  const target = added[0]?.id ?? 0;
  const results = await Promise.allSettled(
    Array.from({ length: 10 }, () => testCases.remove(id, target)),
  );

  expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  expect((await problems.get(id))?.test_case_count).toBe(1);
  expect((await testCases.list(id)).map((testCase) => testCase.id)).toEqual([added[1]?.id]);
});

test("a test case can change its texts, and keeps its id and its place in the order", async () => {
  await using app = await setup();
  const { problems, testCases } = app.tables;
  const { id } = await problems.create(aProblem());
  const { testCases: added } = await testCases.add(id, cases(2));
  const target = added[0]?.id ?? 0;
  const { changes } = await testCases.change(id, target, { input: "new", output: "" });

  expect((await testCases.list(id))[0]).toEqual({ id: target, input: "new", output: "" });
  expect(changes).toMatchObject([{ entity: "test_case", before: null, after: { input: "new" } }]);
  const again = await testCases.change(id, target, { input: "new", output: "" });
  expect(tagsFor(again.changes)).toEqual(tagsFor(changes));
});

test("a removed test case can be neither changed nor restored by a late change", async () => {
  await using app = await setup();
  const { problems, testCases } = app.tables;
  const { id } = await problems.create(aProblem());
  const { testCases: added } = await testCases.add(id, cases(1));
  const target = added[0]?.id ?? 0;
  await testCases.remove(id, target);

  await expect(testCases.change(id, target, { input: "", output: "" })).rejects.toMatchObject({
    code: "not_found",
  });
  expect(await testCases.list(id)).toEqual([]);
});

test("a deleted or missing problem accepts no test cases", async () => {
  await using app = await setup();
  const { problems, testCases } = app.tables;
  const { id } = await problems.create(aProblem());
  await problems.remove(id);

  await expect(testCases.add(id, cases(1))).rejects.toMatchObject({ code: "not_found" });
  await expect(testCases.add(99, cases(1))).rejects.toMatchObject({ code: "not_found" });
  expect(await testCases.list(99)).toEqual([]);
});

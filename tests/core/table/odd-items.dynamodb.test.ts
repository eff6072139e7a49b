import { searchHistory } from "@algoitny/core/history/history.resources";
import {
  problemDetail,
  problemDrafts,
  problemList,
  problemRegistered,
} from "@algoitny/core/problem/problem.resources";
import { ProblemListQuery } from "@algoitny/core/problem/problem-query";
import { keys } from "@algoitny/core/table/keys";
import { testCaseList } from "@algoitny/core/test-case/test-case.resources";
import { choose, itemsOf } from "@algoitny/core/problem/catalogue";
import { NumberValueImpl } from "@aws-sdk/util-dynamodb";
import { expect, test } from "vitest";
import { actor, anExecution, aProblem, setup, shownBy } from "../support/fixtures.ts";
import { uncached } from "@algoitny/core/uncached";

const context = { signal: new AbortController().signal };

/** A listed problem (1), a draft (2) and a third problem, whose items the tests then damage. */
async function shelf() {
  const app = await setup();
  const { problems } = app.tables;
  await problems.create(aProblem({ problem_id: "1A", constraints: "few" }));
  await problems.create(aProblem({ problem_id: "2A", is_completed: false }));
  await problems.create(aProblem({ problem_id: "3A", constraints: "many" }));
  const source = uncached(() => Promise.resolve(app.tables));
  const query = ProblemListQuery.parse({});
  return {
    ...app,
    source,
    lists: async () => ({
      list: await problemList.load(query, source, context),
      drafts: await problemDrafts.load(undefined, source, context),
      registered: await problemRegistered.load(undefined, source, context),
      warmed: itemsOf(choose(await source.catalogue())).map(({ id }) => id),
    }),
  };
}

const head = { id: 3, platform: "codeforces", problem_id: "3A", title: "C", is_completed: true };

test.each([
  ["without a date", {}, {}],
  ["with tags as a set", { tags: new Set(["dp", "bfs"]) }, { tags: ["bfs", "dp"] }],
  ["with tags that are null", { tags: null }, { tags: [] }],
  ["with counts that are null", { test_case_count: null, execution_count: null }, {}],
  ["with a flag that is null", { is_deleted: null }, {}],
  [
    "with long numbers where text is meant",
    { language: NumberValueImpl.from("12345678901234567890"), tags: new Set([1, 2]) },
    { language: "12345678901234567890", tags: ["1", "2"] },
  ],
])("the readable fields of a head %s are shown", async (_, attributes, expected) => {
  await using app = await shelf();
  await app.replaceItem(keys.problem(3), { ...head, ...attributes });
  const shown = { id: 3, title: "C", created_at: "", tags: [], test_case_count: 0, ...expected };
  expect(await app.lists()).toMatchObject({
    list: { value: [shown, { id: 1 }] },
    registered: { problems: [shown, { id: 1 }] },
    warmed: [3, 1],
  });
  const detail = await shownBy(problemDetail, { id: 3, admin: false }, app.source);
  expect(detail).toMatchObject({ ...shown, execution_count: 0 });
  expect(app.table.unreadable).toEqual([]);
});

test.each([
  ["title", { ...head, title: { en: "C" } }],
  ["id", { ...head, id: "three" }],
  ["pair", { id: 3, title: "C", is_completed: true }],
])("a head whose %s is unreadable is left out of every list, and logged", async (_, odd) => {
  await using app = await shelf();
  await app.replaceItem(keys.problem(3), odd);
  expect(await app.lists()).toMatchObject({
    list: { value: [{ id: 1 }], options: { headers: { "x-total-count": "1" } } },
    drafts: { drafts: [{ id: 2 }] },
    registered: { problems: [{ id: 1, constraints: "few" }] },
    warmed: [1],
  });
  expect(new Set(app.table.unreadable.map(({ sk }) => sk))).toEqual(new Set([keys.problem(3).sk]));
});

test("a problem with an unreadable body stays in the admins' lists, and the body is logged", async () => {
  await using app = await shelf();
  await app.replaceItem(keys.problemBody(3), { id: 3, constraints: ["many"] });
  expect(await app.lists()).toMatchObject({
    registered: {
      problems: [
        { id: 3, constraints: "" },
        { id: 1, constraints: "few" },
      ],
    },
  });
  expect(app.table.unreadable).toEqual([keys.problemBody(3)]);
});

test("an unreadable execution or test case does not affect the lists of the others", async () => {
  await using app = await shelf();
  const { history, testCases } = app.tables;
  for (const code of ["a", "b"])
    await history.record(actor("ann"), anExecution({ problem_id: 1, code, is_code_public: true }));
  await testCases.add(1, [
    { input: "1", output: "1" },
    { input: "2", output: "2" },
  ]);
  await app.replaceItem(keys.history(2), { id: 2, code: ["b"] });
  await app.replaceItem(keys.testCase(1, 2), { id: 2, problem: 1, input: { text: "2" } });

  const params = { viewer: undefined, offset: 0, limit: 20, my_only: false };
  expect(await searchHistory.load(params, app.source, context)).toMatchObject({
    value: { results: [{ id: 1, code: "a" }] },
  });
  expect(await shownBy(testCaseList, { problem: 1, admin: false }, app.source)).toEqual([
    { id: 1, input: "1", output: "1" },
  ]);
  expect(app.table.unreadable).toEqual([keys.history(2), keys.testCase(1, 2)]);
});

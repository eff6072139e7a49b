import type { Loaded } from "@algoitny/cache";
import {
  problemDetail,
  problemDrafts,
  problemList,
  problemRegistered,
} from "@algoitny/core/problem/problem.resources";
import { ProblemDetail, ProblemListItem } from "@algoitny/core/problem/problem.answers";
import { ProblemListQuery } from "@algoitny/core/problem/problem-query";
import { HistoryDetail } from "@algoitny/core/history/history.answers";
import { historyDetail, searchHistory } from "@algoitny/core/history/history.resources";
import { keys } from "@algoitny/core/table/keys";
import { testCaseList } from "@algoitny/core/test-case/test-case.resources";
import { expect, test } from "vitest";
import { actor, anExecution, aProblem, setup, shownBy } from "./support/fixtures.ts";
import { uncached } from "@algoitny/core/uncached";

const context = { signal: new AbortController().signal };
type Page = Loaded<ProblemListItem[]>;

async function shelf() {
  const app = await setup();
  const { problems, testCases } = app.tables;
  const visible = await problems.create(
    aProblem({
      problem_id: "4A",
      title: "Watermelon",
      solution_code: "print('é')",
      constraints: "w ≤ 100",
      tags: ["math"],
    }),
  );
  const other = await problems.create(
    aProblem({ platform: "baekjoon", problem_id: "1000", title: "none of these" }),
  );
  const draft = await problems.create(
    aProblem({ problem_id: "5B", title: "draft", is_completed: false, solution_code: "plain" }),
  );
  const deleted = await problems.create(aProblem({ problem_id: "6C", title: "deleted" }));
  await problems.remove(deleted.id);
  await testCases.add(visible.id, [{ input: "8", output: "YES" }]);
  await testCases.add(draft.id, [{ input: "1", output: "2" }]);
  const source = uncached(() => Promise.resolve(app.tables));
  const list = async (query: Record<string, string> = {}) =>
    (await problemList.load(ProblemListQuery.parse(query), source, context)) as Page;
  return {
    ...app,
    source,
    list,
    ids: { visible: visible.id, other: other.id, draft: draft.id, deleted: deleted.id },
  };
}

test("the list holds completed problems that are not deleted, newest first, in the contract's shape", async () => {
  await using app = await shelf();
  const page = await app.list();

  expect(ProblemListItem.strict().array().parse(page.value)).toMatchObject([
    { platform: "baekjoon", problem_id: "1000", tags: [], test_case_count: 0 },
    { platform: "codeforces", problem_id: "4A", tags: ["math"], test_case_count: 1 },
  ]);
  expect(page.options).toMatchObject({ store: true, headers: { "x-total-count": "2" } });
});

test.each([
  [{ search: "WATER" }, ["4A"]],
  [{ search: "100" }, ["1000"]],
  [{ search: "none" }, ["1000"]],
])("the search %j finds %j", async (query, expected) => {
  await using app = await shelf();
  const { value } = await app.list(query);
  expect(value.map(({ problem_id }) => problem_id)).toEqual(expected);
});

test.each([
  [{ platform: "codeforces" }, ["4A"]],
  [{ page_size: "1" }, ["1000"]],
  [{ page_size: "1", page: "2" }, ["4A"]],
])("the list of %j shows %j and is stored", async (query, expected) => {
  await using app = await shelf();
  const page = await app.list(query);
  expect(page.value.map(({ problem_id }) => problem_id)).toEqual(expected);
  expect(page.options.store).not.toBe(false);
});

test.each([
  [{ platform: "all" }],
  [{ platform: "Codeforces" }],
  [{ page: "2" }],
  [{ platform: "codeforces", page: "9" }],
  [{ search: "draft" }],
  [{ platform: "codeforces", search: "no such title" }],
])("the list of %j is empty and is not stored", async (query) => {
  await using app = await shelf();
  expect(await app.list(query)).toMatchObject({ value: [], options: { store: false } });
});

test("lists of platforms without a visible problem are not stored, since clients can make up any number of platforms", async () => {
  await using app = await shelf();
  const { problems } = app.tables;
  await problems.create(aProblem({ platform: "hidden", problem_id: "1", is_completed: false }));
  const stored = async (query: Record<string, string>) =>
    (await app.list(query)).options.store !== false;
  expect(await stored({ platform: "codeforces" })).toBe(true);
  expect(await stored({ platform: "made up" })).toBe(false);
  expect(await stored({ platform: "hidden" })).toBe(false);
  expect(await stored({ page: "99" })).toBe(false);
});

test("lists that are loaded together read the catalogue once", async () => {
  await using app = await shelf();
  const before = app.table.calls();
  const queries = [{}, { platform: "codeforces" }, { search: "water" }].map((query) =>
    ProblemListQuery.parse(query),
  );
  const pages = (await problemList.loadMany?.(queries, app.source, context)) as Page[];

  expect(pages.map(({ value }) => value.length)).toEqual([2, 1, 1]);
  expect(app.table.calls() - before).toBe(2);
});

test("a detail is the same by id and by platform and problem id; only admins get its solution, as base64", async () => {
  await using app = await shelf();
  const load = (params: Parameters<typeof problemDetail.load>[0]) =>
    shownBy(problemDetail, params, app.source);
  const byId = await load({ id: app.ids.visible, admin: false });

  expect(ProblemDetail.strict().parse(byId)).toMatchObject({
    constraints: "w ≤ 100",
    solution_code: null,
    test_cases: [{ input: "8", output: "YES" }],
    execution_count: 0,
  });
  expect(await load({ platform: "codeforces", problem_id: "4A", admin: false })).toEqual(byId);
  const forAdmin = ProblemDetail.parse(await load({ id: app.ids.visible, admin: true }));
  expect(Buffer.from(forAdmin.solution_code ?? "", "base64").toString("utf8")).toBe("print('é')");
});

test("drafts and deleted problems, and their test cases, are shown to admins only", async () => {
  await using app = await shelf();
  for (const id of [app.ids.draft, app.ids.deleted]) {
    expect(await shownBy(problemDetail, { id, admin: false }, app.source)).toBeUndefined();
    expect(await shownBy(problemDetail, { id, admin: true }, app.source)).toMatchObject({
      id,
    });
    expect(await shownBy(testCaseList, { problem: id, admin: false }, app.source)).toBeUndefined();
    expect(await shownBy(testCaseList, { problem: id, admin: true }, app.source)).toBeDefined();
  }
  expect(await shownBy(problemDetail, { id: 99, admin: true }, app.source)).toBeUndefined();
  expect(await shownBy(testCaseList, { problem: 99, admin: true }, app.source)).toBeUndefined();
});

test("executions hide test cases while the problem is not public", async () => {
  await using app = await shelf();
  const { history, problems, testCases } = app.tables;
  const [{ id: test_case_id } = { id: 0 }] = await testCases.list(app.ids.visible);
  const execution = await history.record(
    actor("ann"),
    anExecution({
      problem_id: app.ids.visible,
      is_code_public: true,
      test_results: [{ test_case_id, passed: true }],
    }),
  );
  const shown = async () => {
    const params = { id: execution.id, viewer: undefined };
    const detail = HistoryDetail.parse(await shownBy(historyDetail, params, app.source));
    return detail.test_results.map(({ input, expected }) => [input, expected]);
  };

  expect(await shown()).toEqual([["8", "YES"]]);
  await problems.change(app.ids.visible, { is_completed: false });
  expect(await shown()).toEqual([[null, null]]);
  await problems.change(app.ids.visible, { is_completed: true });
  await problems.remove(app.ids.visible);
  expect(await shown()).toEqual([[null, null]]);
});

test("a problem whose pair was edited on only its head item is found by neither the old nor the new pair", async () => {
  await using app = await shelf();
  const head = await app.tables.problems.get(app.ids.visible);
  await app.replaceItem(keys.problem(app.ids.visible), { ...head, problem_id: "7D" });
  for (const problem_id of ["4A", "7D"]) {
    const params = { platform: "codeforces", problem_id, admin: true };
    expect(await shownBy(problemDetail, params, app.source)).toBeUndefined();
  }
});

test("the admin's lists contain solutions as plain text", async () => {
  await using app = await shelf();
  expect(await problemDrafts.load(undefined, app.source, context)).toMatchObject({
    drafts: [{ id: app.ids.draft, solution_code: "plain", constraints: "" }],
  });
  expect(await problemRegistered.load(undefined, app.source, context)).toMatchObject({
    problems: [
      { id: app.ids.other, solution_code: null, constraints: "" },
      { id: app.ids.visible, solution_code: "print('é')", constraints: "w ≤ 100" },
    ],
  });
});

test("a page of the admin's lists contains the problems of the page, and has the total in a header", async () => {
  await using app = await shelf();
  const load = (page: number) =>
    problemRegistered.load({ page, page_size: 1 }, app.source, context);
  const headers = { "x-total-count": "2" };
  expect(await load(2)).toMatchObject({
    value: { problems: [{ id: app.ids.visible, constraints: "w ≤ 100" }] },
    options: { store: true, headers },
  });
  expect(await load(3)).toMatchObject({
    value: { problems: [] },
    options: { store: false, headers },
  });
  expect(await problemDrafts.load({ page: 1, page_size: 1 }, app.source, context)).toMatchObject({
    value: { drafts: [{ id: app.ids.draft, solution_code: "plain" }] },
    options: { headers: { "x-total-count": "1" } },
  });
});

test("an anonymous reader has an empty `my_only` history, without a request to the table", async () => {
  await using app = await shelf();
  const before = app.table.calls();
  const params = { viewer: undefined, offset: 0, limit: 20, my_only: true };
  expect(await searchHistory.load(params, app.source, context)).toMatchObject({
    value: { results: [], count: 0, next_offset: null, has_more: false },
  });
  expect(app.table.calls()).toBe(before);
});

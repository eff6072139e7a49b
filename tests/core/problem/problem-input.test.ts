import { HistoryInput } from "@algoitny/core/history/history-input";
import { HistoryQuery } from "@algoitny/core/history/history-query";
import { ProblemInput, ProblemPatch } from "@algoitny/core/problem/problem-input";
import { AdminListQuery, ProblemListQuery } from "@algoitny/core/problem/problem-query";
import { OneOrManyTestCases } from "@algoitny/core/test-case/test-case";
import { expect, test } from "vitest";

test("an address alone describes a problem: the other fields have defaults", () => {
  expect(
    ProblemInput.parse({ problem_url: "https://codeforces.com/contest/1234/problem/c1" }),
  ).toEqual({
    platform: "codeforces",
    problem_id: "1234C1",
    title: "1234C1",
    problem_url: "https://codeforces.com/contest/1234/problem/c1",
    tags: [],
    language: "",
    is_completed: false,
    constraints: "",
    solution_code: null,
    execution_count: 0,
  });
});

test("a given platform and problem id take precedence over the address", () => {
  const input = {
    platform: "mirror",
    problem_id: "x",
    problem_url: "https://codeforces.com/contest/1/problem/A",
  };
  expect(ProblemInput.parse(input)).toMatchObject({ platform: "mirror", problem_id: "x" });
});

test.each([
  [{}, "platform"],
  [{ platform: "codeforces" }, "problem_id"],
  [{ problem_url: "https://leetcode.com/problems/two-sum/" }, "platform"],
  [
    { platform: "leetcode", problem_url: "https://codeforces.com/contest/1/problem/A" },
    "problem_id",
  ],
])("%j is refused for its missing %s", (input, path) => {
  expect(ProblemInput.safeParse(input).error?.issues).toMatchObject([{ path: [path] }]);
});

test("Baekjoon's numbers become text", () => {
  expect(
    ProblemInput.parse({ platform: "baekjoon", problem_id: 1000, tags: [2024] }),
  ).toMatchObject({
    problem_id: "1000",
    tags: ["2024"],
  });
});

test.each([
  { title: "" },
  { title: "x".repeat(501) },
  { problem_url: "javascript:alert(1)" },
  { tags: "dp" },
  { is_completed: "yes" },
  { execution_count: -1 },
  { solution_code: "\uD800" },
])("a patch with %j is refused", (patch) => {
  expect(ProblemPatch.safeParse(patch).success).toBe(false);
});

test("a patch contains the given fields and nothing else", () => {
  expect(ProblemPatch.parse({ is_deleted: false, test_case_count: 9, id: 4 })).toEqual({
    is_deleted: false,
  });
});

test.each([
  { page: "0" },
  { page: "01" },
  { page: "+1" },
  { page: "1.0" },
  { page: "1e3" },
  { page: " 1" },
  { page: "" },
  { page_size: "-1" },
  { page_size: "0201" },
  { page_size: "0" },
  { search: "x".repeat(101) },
])("a list of problems with %j is refused", (query) => {
  expect(ProblemListQuery.safeParse(query).success).toBe(false);
});

test("a page size of an admin's list needs a page; without either the list is whole", () => {
  expect(AdminListQuery.parse({})).toBeUndefined();
  expect(AdminListQuery.parse({ page: "2" })).toEqual({ page: 2, page_size: 100 });
  expect(AdminListQuery.parse({ page: "2", page_size: "900" })).toEqual({
    page: 2,
    page_size: 200,
  });
  expect(AdminListQuery.safeParse({ page_size: "5" }).success).toBe(false);
});

test("all spellings of a search are one search", () => {
  const searchOf = (search: string) => ProblemListQuery.parse({ search }).search;
  const spellings = ["Straße", " STRASSE", "STRAẞE", "strasse"];
  expect(new Set(spellings.map(searchOf))).toEqual(new Set(["strasse"]));
  expect(searchOf("CAFE\u0301")).toBe(searchOf("café"));
});

test("a search of 100 decomposed characters is allowed, and composed", () => {
  expect(ProblemListQuery.safeParse({ search: "e\u0301".repeat(100) })).toMatchObject({
    data: { search: "é".repeat(100) },
  });
});

test("a search is trimmed and folded, and one of 100 characters is allowed", () => {
  expect(ProblemListQuery.parse({ search: `  ${"É".repeat(100)} ` }).search).toBe("é".repeat(100));
});

test.each([
  { offset: "-1" },
  { limit: "0" },
  { limit: "0101" },
  { my_only: "yes" },
  { my_only: "1" },
])("a page of history with %j is refused", (query) => {
  expect(HistoryQuery.safeParse(query).success).toBe(false);
});

test("a page of history has 20 rows from the start unless asked otherwise", () => {
  expect(HistoryQuery.parse({})).toEqual({ offset: 0, limit: 20, my_only: false });
});

test("one test case or a list of up to 100 is accepted", () => {
  const one = { input: "1", output: "2" };
  const many = (count: number) => Array.from({ length: count }, () => one);
  expect(OneOrManyTestCases.parse(one)).toEqual(one);
  expect(OneOrManyTestCases.parse(many(100))).toHaveLength(100);
  expect(OneOrManyTestCases.safeParse(many(101)).success).toBe(false);
  expect(OneOrManyTestCases.safeParse([]).success).toBe(false);
});

test("an execution's results are stored without input and expected output", () => {
  const { test_results } = HistoryInput.parse({
    problem_id: 1,
    language: "python",
    code: "",
    passed_count: 0,
    failed_count: 0,
    total_count: 0,
    test_results: [
      {
        test_case_id: 1,
        passed: true,
        status: "ok",
        output: "1",
        error: null,
        input: "x",
        expected: "y",
      },
    ],
  });
  expect(test_results).toEqual([
    { test_case_id: 1, passed: true, status: "ok", output: "1", error: null },
  ]);
});

test.each(["101", "200", "1000", "99999999999999999999", "9".repeat(400)])(
  "a request for a page of history with %s rows gets 100",
  (limit) => {
    expect(HistoryQuery.parse({ limit })).toMatchObject({ limit: 100 });
  },
);

test.each(["201", "1000", "99999999999999999999"])(
  "a request for a page of %s problems gets 200",
  (size) => {
    expect(ProblemListQuery.parse({ page_size: size })).toMatchObject({ page_size: 200 });
  },
);

test.each(["true", "True", "TRUE"])("my_only=%s is true", (flag) => {
  expect(HistoryQuery.parse({ my_only: flag })).toMatchObject({ my_only: true });
});

test("null in a body means absent, for every optional field", () => {
  const given = { problem_id: 1, language: "c", code: "", passed_count: 0, failed_count: 0 };
  const execution = { ...given, total_count: 0 };
  const nothing = { test_results: null, is_code_public: null, result_summary: null };
  expect(HistoryInput.parse({ ...execution, ...nothing })).toEqual(HistoryInput.parse(execution));
  const result = { test_case_id: null, passed: null, status: null, output: null, error: null };
  expect(HistoryInput.parse({ ...execution, test_results: [result] })).toEqual(
    HistoryInput.parse({ ...execution, test_results: [{}] }),
  );
  const problem_url = "https://codeforces.com/contest/1234/problem/c1";
  const fields = Object.keys(ProblemInput.parse({ problem_url })).filter(
    (field) => field !== "problem_url",
  );
  const nulls = Object.fromEntries(fields.map((field) => [field, null]));
  expect(ProblemInput.parse({ problem_url, ...nulls })).toEqual(
    ProblemInput.parse({ problem_url }),
  );
});

import { historyDetail, searchHistory } from "@algoitny/core/history/history.resources";
import {
  problemDetail,
  problemDrafts,
  problemList,
  problemRegistered,
} from "@algoitny/core/problem/problem.resources";
import { ProblemListQuery } from "@algoitny/core/problem/problem-query";
import { testCaseList } from "@algoitny/core/test-case/test-case.resources";
import { userStats } from "@algoitny/core/user/user.resources";
import * as fc from "fast-check";
import { expect, test } from "vitest";

const list = (query: Record<string, string> = {}) =>
  problemList.keyFor(ProblemListQuery.parse(query));
const feed = { viewer: undefined, offset: 0, limit: 20, my_only: false };

test.each([
  [list(), "problem_list:platform:all:search:none:page:1"],
  [
    list({ platform: "codeforces", search: " DP ", page: "2" }),
    "problem_list:platform:codeforces:search:dp:page:2",
  ],
  [list({ page_size: "20" }), "problem_list:platform:all:search:none:page:1:size:20"],
  [list({ page_size: "100" }), "problem_list:platform:all:search:none:page:1"],
  [list({ platform: "", search: "  " }), "problem_list:platform:all:search:none:page:1"],
  [list({ platform: "all", search: "none" }), "problem_list:platform:%61ll:search:%6Eone:page:1"],
  [list({ search: "a:b*" }), "problem_list:platform:all:search:a%3Ab%2A:page:1"],
  [problemDetail.keyFor({ id: 7, admin: false }), "problem_detail:id:7"],
  [problemDetail.keyFor({ id: 7, admin: true }), "problem_detail:id:7:viewer:admin"],
  [
    problemDetail.keyFor({ platform: "codeforces", problem_id: "4A", admin: false }),
    "problem_detail:platform:codeforces:4A",
  ],
  [
    problemDetail.keyFor({ platform: "codeforces", problem_id: "4A", admin: true }),
    "problem_detail:platform:codeforces:4A:viewer:admin",
  ],
  [testCaseList.keyFor({ problem: 7, admin: false }), "test_cases:problem:7"],
  [testCaseList.keyFor({ problem: 7, admin: true }), "test_cases:problem:7:viewer:admin"],
  [problemDrafts.keyFor(), "problem_drafts:all"],
  [problemDrafts.keyFor({ page: 2, page_size: 100 }), "problem_drafts:page:2"],
  [problemRegistered.keyFor({ page: 2, page_size: 7 }), "problem_registered:page:2:size:7"],
  [problemRegistered.keyFor(), "problem_registered:all"],
  [userStats.keyFor({ sub: "auth0|1" }), "user_stats:auth0%7C1"],
  [searchHistory.keyFor(feed), "search_history:anonymous:offset:0:limit:20:my_only:false"],
  [
    searchHistory.keyFor({ ...feed, viewer: "ann" }),
    "search_history:ann:offset:0:limit:20:my_only:false",
  ],
  [
    searchHistory.keyFor({ ...feed, viewer: "anonymous" }),
    "search_history:%61nonymous:offset:0:limit:20:my_only:false",
  ],
  [historyDetail.keyFor({ id: 3, viewer: undefined }), "history_detail:id:3:viewer:anonymous"],
])("the key %s is the contract's", (actual, expected) => {
  expect(actual).toBe(expected);
});

test("two details share a key only when they are requested by the same parameters", () => {
  const text = fc.string({
    unit: fc.constantFrom("a", ":", "%", "viewer", "admin", "id"),
    minLength: 1,
    maxLength: 4,
  });
  const params = fc.oneof(
    fc.record({ id: fc.integer({ min: 1, max: 9 }), admin: fc.boolean() }),
    fc.record({ platform: text, problem_id: text, admin: fc.boolean() }),
  );
  fc.assert(
    fc.property(params, params, (a, b) => {
      expect(problemDetail.keyFor(a) === problemDetail.keyFor(b)).toBe(
        JSON.stringify(a) === JSON.stringify(b),
      );
    }),
    { numRuns: 2_000 },
  );
});

test("made-up platforms share one tag beside each entry's own, so that they leave no lasting stamps", () => {
  const tagsOf = (platform: string) =>
    problemList
      .tagsFor(ProblemListQuery.parse({ platform }))
      .filter((tag) => typeof tag === "string" && !tag.startsWith("@key:"));
  expect(tagsOf("codeforces")).toEqual(["problem_list:codeforces"]);
  expect(tagsOf("x1")).toEqual(tagsOf("x2"));
});

test("each page of an admin's list has a separate key, and so has the whole list", () => {
  const pages = [1, 2].flatMap((page) => [100, 7].map((page_size) => ({ page, page_size })));
  const names = [undefined, ...pages].map((asked) => problemDrafts.keyFor(asked));
  expect(new Set(names).size).toBe(5);
});

import { tagsFor } from "@algoitny/core/invalidation-rules";
import { Problem } from "@algoitny/core/problem/problem";
import { changesInDoubt } from "@algoitny/core/problem/problem-changes";
import { expect, test } from "vitest";

test("a change whose old state is unknown invalidates every view that may show the problem, on any former platform", () => {
  const problem = Problem.parse({
    id: 7,
    platform: "codeforces",
    problem_id: "4A",
    title: "Watermelon",
    is_completed: true,
    created_at: "2025-10-07T00:00:00.000Z",
  });
  expect(tagsFor(changesInDoubt(problem))).toEqual(
    expect.arrayContaining([
      "problem:7",
      "problem_key:codeforces:4A",
      "problem_bodies",
      "problem_list:baekjoon",
      "problem_list:codeforces",
      "problem_list:other",
      "problem_list_all",
      "problem_drafts",
      "problem_registered",
      "problem_visibility",
      "test_cases:7",
    ]),
  );
});

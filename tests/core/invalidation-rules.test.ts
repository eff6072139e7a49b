import { shownEntities, tagsFor } from "@algoitny/core/invalidation-rules";
import { History } from "@algoitny/core/history/history";
import { LIST_FIELDS, Problem, ProblemCounter } from "@algoitny/core/problem/problem";
import type { Change } from "@algoitny/core/table/entities";
import { expect, test } from "vitest";

const problem = Problem.parse({
  id: 7,
  platform: "codeforces",
  problem_id: "4A",
  title: "Watermelon",
  is_completed: true,
  created_at: "2025-10-07T00:00:00.000Z",
});
const detail = ["problem:7", "problem_key:codeforces:4A"];
const segment = ["problem_segment:0", "problem_extent"];
const lists = [...segment, "problem_list:codeforces", "problem_list_all", "problem_registered"];
const drafts = [...segment, "problem_drafts"];
const visibility = ["test_cases:7", "problem_visibility"];

const problemTags = (before: Partial<Problem> | null, after: Partial<Problem> | null): string[] =>
  tagsFor([
    {
      entity: "problem",
      before: before && { ...problem, ...before },
      after: after && { ...problem, ...after },
    },
  ]).toSorted();

const sorted = (names: readonly string[]): string[] => [...new Set(names)].toSorted();

test.each([
  ["a rename", {}, { title: "x" }, [...detail, ...lists]],
  ["a count that is set", {}, { execution_count: 1 }, detail],
  [
    "a count that is set to its imported value again",
    { counted_runs: 1 },
    { counted_runs: 2 },
    detail,
  ],
  ["nothing shown", {}, { version: 2 }, []],
  ["one more test case", {}, { test_case_count: 1 }, [...detail, ...lists]],
  ["completion", { is_completed: false }, {}, [...detail, ...lists, ...drafts, ...visibility]],
  [
    "completion taken back",
    {},
    { is_completed: false },
    [...detail, ...lists, ...drafts, ...visibility],
  ],
  [
    "a rename of a draft",
    { is_completed: false },
    { is_completed: false, title: "x" },
    [...detail, ...drafts],
  ],
  ["deletion", {}, { is_deleted: true }, [...detail, ...lists, ...visibility]],
  ["restoration", { is_deleted: true }, {}, [...detail, ...lists, ...visibility]],
  [
    "deletion of a draft",
    { is_completed: false },
    { is_completed: false, is_deleted: true },
    [...detail, ...drafts],
  ],
  ["a rename of a deleted problem", { is_deleted: true }, { is_deleted: true, title: "x" }, detail],
  ["creation", null, {}, [...detail, ...lists, ...visibility]],
  ["removal from the table", {}, null, [...detail, ...lists, ...visibility]],
  ["creation as deleted", null, { is_deleted: true }, [...detail, "test_cases:7"]],
])(
  "%s of a problem invalidates the views that show it, and no others",
  (_, before, after, expected) => {
    expect(problemTags(before, after)).toEqual(sorted(expected));
  },
);

test("a change of platform invalidates the lists and details of the old platform and of the new one", () => {
  expect(problemTags({}, { platform: "baekjoon", problem_id: "1000" })).toEqual(
    [...detail, "problem_key:baekjoon:1000", ...lists, "problem_list:baekjoon"].toSorted(),
  );
});

test("a change of a field invalidates the lists exactly if they show the field or depend on it", () => {
  const other: Problem = Problem.parse({
    id: 8,
    platform: "baekjoon",
    problem_id: "1",
    title: "x",
    problem_url: "x",
    tags: ["x"],
    language: "x",
    is_completed: false,
    is_deleted: true,
    created_at: "x",
    test_case_count: 1,
    execution_count: 1,
    version: 9,
  });
  for (const field of Object.keys(other) as (keyof Problem)[]) {
    const shown = [...LIST_FIELDS, "is_deleted"].includes(field);
    expect([
      field,
      problemTags({}, { [field]: other[field] }).includes("problem_list_all"),
    ]).toEqual([field, shown]);
  }
});

const row = History.parse({
  id: 3,
  sub: "ann",
  user: 1,
  problem: 7,
  platform: "codeforces",
  problem_number: "4A",
  language: "c",
  passed_count: 1,
  failed_count: 0,
  total_count: 1,
  is_code_public: false,
  created_at: "2025-10-07T00:00:00.000Z",
  code: "",
});

const shown = { ...row, is_code_public: true };
const entry = { feed: "any", id: 3 };

/** Tags of the public feed: the exact one, and the one whose recent invalidations hot pages tolerate. */
const BOTH = ["history_changed", "history_public"];

test.each([
  ["made public", row, shown, BOTH],
  ["made private", shown, row, BOTH],
  ["deleted while public", shown, null, BOTH],
  ["given hints while public", shown, { ...shown, has_hints: true }, BOTH],
  ["given hints while private", row, { ...row, has_hints: true }, []],
  ["recorded in private", null, row, []],
  ["recorded in public", null, shown, ["history_public"]],
])(
  "an execution %s invalidates its owner's feed, and the public one if that shows the execution, at once unless it is new",
  (_, before, after, ofPublicFeed) => {
    expect(tagsFor([{ entity: "history", before, after }]).toSorted()).toEqual([
      "history:3",
      ...ofPublicFeed,
      "history_user:ann",
    ]);
  },
);

test.each([
  ["taken out of the public feed", null, entry, null, BOTH],
  ["put into the public feed", null, null, entry, ["history_public"]],
  ["taken out of its owner's feed", "ann", entry, null, ["history_user:ann"]],
] as const)(
  "an execution that is %s invalidates that feed, at once unless the execution is new there",
  (_, sub, before, after, invalidated) => {
    const of = (one: typeof entry | null) => one && { ...one, sub };
    const change: Change = { entity: "feed_entry", before: of(before), after: of(after) };
    expect(tagsFor([change]).toSorted()).toEqual(invalidated);
  },
);

test("another hint, which changes only an execution's edition, invalidates no feed", () => {
  const before = { ...row, is_code_public: true, has_hints: true };
  const after = { ...before, edition: 2, modified_at: "2025-10-08T00:00:00.000Z" };
  expect(tagsFor([{ entity: "history", before, after }])).toEqual(["history:3"]);
});

test("a change of an execution's owner invalidates the feeds of both owners", () => {
  const after = { ...row, sub: "ben" };
  expect(tagsFor([{ entity: "history", before: row, after }]).toSorted()).toEqual([
    "history:3",
    "history_user:ann",
    "history_user:ben",
  ]);
});

test("a body or a test case invalidates the views that find it by the problem's id, and those that find it by the pair", () => {
  const body: Change = {
    entity: "problem_body",
    before: null,
    after: { id: 7, constraints: "x", solution_code: null },
  };
  const texts: Change = {
    entity: "test_case",
    before: null,
    after: { id: 1, problem: 7, input: "", output: "" },
  };
  expect(tagsFor([body])).toEqual([
    "problem:7",
    "problem_bodies",
    "problem_drafts",
    "problem_registered",
  ]);
  expect(tagsFor([texts])).toEqual(["test_cases:7", "problem:7", "test_cases_all"]);
});

test.each([
  ["within a segment invalidates nothing", 998, 999, []],
  [
    "into the next segment invalidates every list",
    999,
    1_000,
    [
      "problem_drafts",
      "problem_extent",
      "problem_list:baekjoon",
      "problem_list:codeforces",
      "problem_list:other",
      "problem_list_all",
      "problem_registered",
    ],
  ],
])("a counter of problems that goes on %s", (_, before, after, expected) => {
  const [old, now] = [before, after].map((last) => ProblemCounter.parse({ last }));
  expect(
    tagsFor([{ entity: "problem_counter", before: old ?? null, after: now ?? null }]).toSorted(),
  ).toEqual(expected);
});

test("a tag of several changes is listed once", () => {
  const change: Change = { entity: "problem", before: problem, after: { ...problem, title: "x" } };
  expect(tagsFor([change, change])).toHaveLength(7);
});

test("items that no view shows are filtered out of the stream", () => {
  expect(shownEntities.toSorted()).toEqual([
    "feed_counts",
    "feed_entry",
    "history",
    "history_detail",
    "problem",
    "problem_body",
    "problem_counter",
    "problem_key",
    "problem_runs",
    "test_case",
    "test_cases",
    "user_stats",
  ]);
});

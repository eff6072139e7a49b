import { type Cache, Loaded, type Resource } from "@algoitny/cache";
import { historyDetail, searchHistory } from "@algoitny/core/history/history.resources";
import {
  problemDetail,
  problemDrafts,
  problemList,
  problemRegistered,
  problemSegment,
} from "@algoitny/core/problem/problem.resources";
import { ProblemListQuery } from "@algoitny/core/problem/problem-query";
import type { Source } from "@algoitny/core/source";
import { testCaseList } from "@algoitny/core/test-case/test-case.resources";
import { userStats } from "@algoitny/core/user/user.resources";
import { ruled } from "../support/ruled-views.ts";

const context = { signal: new AbortController().signal };

/** A cached view with its rules: its tags, and its current value. */
export interface View {
  key: string;
  tags: readonly string[];
  resource: Resource<never, unknown, Source>;
  params: unknown;
  read(source: Source): Promise<unknown>;
  /** The same, read through a cache. */
  readThrough(cache: Cache, source: Source): Promise<unknown>;
}

function view<Params, Value>(given: Resource<Params, Value, Source>, params: Params): View {
  const resource = ruled(given);
  const tags = resource.tagsFor(params).map((tag) => (typeof tag === "string" ? tag : tag.tag));
  return {
    key: resource.keyFor(params),
    tags: [...tags, resource.tag],
    resource,
    params,
    // A failed load is compared as a value too: it is not stored, and a view that begins to fail has changed.
    read: (source) =>
      Promise.resolve(resource.load(params, source, context)).then(
        (value) =>
          value instanceof Loaded ? { value: value.value, headers: value.options.headers } : value,
        (error: unknown) => String(error),
      ),
    readThrough: async (cache, source) =>
      cache.getEntry(resource, ...([params, { source }] as never)),
  };
}

export const PAIRS = [
  ["codeforces", "4A"],
  ["codeforces", "4B"],
  ["baekjoon", "1000"],
] as const;
const ids = [1, 2, 3];
const lists = [
  {},
  { platform: "codeforces" },
  { platform: "baekjoon" },
  { search: "a" },
  { page: "2", page_size: "1" },
  { platform: "codeforces", page: "2", page_size: "1" },
];
const pages = [
  { offset: 0, limit: 100 },
  { offset: 1, limit: 1 },
];

/** Every view of three problems and three executions, for each kind of caller. */
export const VIEWS: readonly View[] = [
  ...lists.map((query) => view(problemList, ProblemListQuery.parse(query))),
  view(problemSegment, "extent"),
  view(problemSegment, 0),
  view(problemDrafts, undefined),
  view(problemRegistered, undefined),
  ...[false, true].flatMap((admin) => [
    ...ids.map((id) => view(problemDetail, { id, admin })),
    ...ids.map((problem) => view(testCaseList, { problem, admin })),
    ...PAIRS.map(([platform, problem_id]) => view(problemDetail, { platform, problem_id, admin })),
  ]),
  ...[undefined, "ann", "bob"].flatMap((viewer) => [
    ...[false, true].flatMap((my_only) =>
      pages.map((page) => view(searchHistory, { viewer, my_only, ...page })),
    ),
    ...ids.map((id) => view(historyDetail, { id, viewer })),
  ]),
  ...["ann", "bob"].map((sub) => view(userStats, { sub })),
];

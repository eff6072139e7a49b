import { historyDetail, searchHistory } from "@algoitny/core/history/history.resources";
import { tagsFor } from "@algoitny/core/invalidation-rules";
import { type Change, entities, type EntityName } from "@algoitny/core/table/entities";
import type { AnyView } from "@algoitny/core/view";
import { tagsOfEntity, type ViewName, views } from "@algoitny/core/views";
import { expect, test } from "vitest";
import { ruled } from "./support/ruled-views.ts";

/** Problem and user of every example below. */
const PROBLEM = { id: 7, platform: "baekjoon", problem_id: "1000" };
const SUB = "ann";
const at = "2025-10-07T00:00:00.000Z";

/** Rows of each entity that some view shows. */
const ROWS: Partial<Record<EntityName, object[]>> = {
  problem: [true, false].map((completed) => ({
    ...PROBLEM,
    title: "A",
    created_at: at,
    is_completed: completed,
  })),
  problem_body: [{ id: 7, constraints: "x", solution_code: null }],
  problem_key: [PROBLEM],
  problem_runs: [{ problem: 7, platform: "baekjoon", problem_id: "1000", runs: 1 }],
  test_cases: [{ problem: 7, test_case_ids: new Set([1]) }],
  test_case: [{ id: 1, problem: 7, input: "1", output: "2" }],
  history: [true, false].map((isPublic) => ({
    id: 3,
    sub: SUB,
    user: 1,
    problem: 7,
    platform: "baekjoon",
    problem_number: "1000",
    passed_count: 1,
    failed_count: 0,
    total_count: 1,
    is_code_public: isPublic,
    created_at: at,
    code: "x",
  })),
  history_detail: [{ id: 3, result_summary: null, test_results: [], hints: ["x"] }],
  feed_entry: [
    { feed: "FEED#PUBLIC", sub: null, id: 3 },
    { feed: "FEED#OWN_PRIVATE#ann", sub: SUB, id: 3 },
  ],
  feed_counts: [{ feed: "FEED#PUBLIC", sub: null, total: 1 }],
  user_stats: [{ sub: SUB, total_executions: 1 }],
  problem_counter: [{ last: 1_000 }],
};

/** Parameters with which each view shows some of the rows above. */
const PARAMS: Record<ViewName, unknown[]> = {
  problem_segment: ["extent", 0],
  problem_list: [{}, { platform: "baekjoon" }],
  problem_detail: [{ id: 7 }, PROBLEM],
  problem_drafts: [{}],
  problem_registered: [{}],
  test_cases: [{ problem: 7 }],
  user_stats: [{ sub: SUB }],
  search_history: [{}, { viewer: SUB }, { viewer: SUB, my_only: true }],
  history_detail: [{ id: 3, viewer: SUB }],
};

/** Names of the views with an entry that the rules invalidate when a row of the entity appears. */
function invalidatedBy(entity: EntityName, rows: readonly object[]): string[] {
  const changes = rows.map((row) => ({ entity, before: null, after: entities[entity].parse(row) }));
  const tags = new Set(tagsFor(changes as Change[]));
  const tagsOf = (view: AnyView, params: unknown) =>
    ruled(view).tagsFor(withoutId(view, params) as never);
  return views
    .filter((view) =>
      PARAMS[view.name].some((params) =>
        tagsOf(view, params).some((tag) => tags.has(typeof tag === "string" ? tag : tag.tag)),
      ),
    )
    .map(({ name }) => name);
}

/** A detail is found by id or by platform and problem id, never by all of them. */
function withoutId({ name }: AnyView, params: unknown): unknown {
  if (name !== "problem_detail") return params;
  const { id: _, ...rest } = params as { id?: number };
  return "platform" in rest ? rest : params;
}

test.each(Object.keys(entities) as EntityName[])(
  "the views that show a %s are those that its changes invalidate",
  (entity) => {
    const names = views.filter(({ shows }) => shows.includes(entity)).map(({ name }) => name);
    expect(invalidatedBy(entity, ROWS[entity] ?? []).toSorted()).toEqual(names.toSorted());
  },
);

test("an unreadable record invalidates every view that shows its entity", () => {
  expect(tagsOfEntity("history")).toEqual([searchHistory, historyDetail].map(({ tag }) => tag));
  expect(tagsOfEntity("counter")).toEqual([]);
});

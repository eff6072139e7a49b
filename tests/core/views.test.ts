import { viewNamed, type ViewName, views } from "@algoitny/core/views";
import { describe, expect, test } from "vitest";

/** Parameters in the form in which handlers pass them, including undefined. */
const EXAMPLES: Record<ViewName, unknown[]> = {
  problem_segment: ["extent", 0, 7],
  problem_list: [
    { platform: undefined, search: undefined, page: 1, page_size: 100 },
    { platform: "baekjoon", search: "none", page: 2, page_size: 7 },
  ],
  problem_detail: [
    { id: 7, admin: false },
    { id: 7, admin: true },
    { platform: "codeforces", problem_id: "4A", admin: false },
  ],
  problem_drafts: [undefined, { page: 2, page_size: 7 }],
  problem_registered: [undefined, { page: 1, page_size: 100 }],
  test_cases: [{ problem: 7, admin: true }],
  user_stats: [{ sub: "who|ever" }],
  search_history: [
    { offset: 0, limit: 20, my_only: false, viewer: undefined },
    { offset: 20, limit: 5, my_only: true, viewer: "anonymous" },
  ],
  history_detail: [
    { id: 1, viewer: undefined },
    { id: 1, viewer: "anonymous" },
  ],
};

test("each view has a unique name, and is found by it", () => {
  expect(views.map(({ name }) => viewNamed(name))).toEqual(views);
  expect(viewNamed("planets")).toBeUndefined();
});

describe.each(views.map((view) => [view.name, view] as const))("%s", (name, view) => {
  const keyOf = (value: unknown) => view.keyFor(value as never);

  test.each(EXAMPLES[name])(
    "has the same key for parameters that were sent as JSON: %j",
    (example) => {
      const { there } = JSON.parse(JSON.stringify({ there: example })) as { there: unknown };
      expect(keyOf(view.params.parse(there))).toBe(keyOf(example));
    },
  );

  test("refuses parameters of another shape", () => {
    for (const wrong of [null, "1", { id: "7" }, { id: 7, admin: false, viewer: "x", more: 1 }])
      expect(view.params.safeParse(wrong).success).toBe(false);
  });
});

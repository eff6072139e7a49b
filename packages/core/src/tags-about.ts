import type { Tag } from "@algoitny/cache";
import { historyDetail } from "./history/history.resources.ts";
import { problemList } from "./problem/problem.resources.ts";
import { partitionOf } from "./table/keys.ts";
import { tags } from "./tags.ts";

/**
 * Tags for a person who finds something wrong and names what it is about. They are wider than any change's and need no
 * look at the database, which may be what is wrong: lists, for instance, are dropped on every platform.
 */
export const tagsAbout = {
  /** Every view that shows the problem, under whatever platform and problem id it was read. */
  problem: (id: number): Tag[] => [
    tags.problem_extent(),
    tags.problem_segment(partitionOf(id)),
    tags.problem(id),
    tags.test_cases(id),
    tags.test_cases_all(),
    tags.problem_drafts(),
    tags.problem_registered(),
    problemList.tag,
  ],
  /** Every view that shows the user's statistics or executions, to anybody. */
  user: (sub: string): Tag[] => [
    tags.user_stats(sub),
    tags.history_user(sub),
    tags.history_public(),
    historyDetail.tag,
  ],
} as const;

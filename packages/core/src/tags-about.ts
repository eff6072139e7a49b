import type { Tag } from "@algoitny/cache";
import { historyDetail } from "./history/history.resources.ts";
import { problemList } from "./problem/problem.resources.ts";
import { partitionOf } from "./table/keys.ts";
import { segmentTags, tags } from "./tags.ts";

/**
 * Tags for a person who finds wrong data and names what it concerns. They are wider than those of any change, and need no
 * read of the database, which may itself be wrong: for instance, they include the lists of every platform.
 */
export const tagsAbout = {
  /** Every view that shows the problem, under any platform and problem id. */
  problem: (id: number): Tag[] => [
    ...segmentTags(partitionOf(id)),
    tags.problem(id),
    tags.test_cases(id),
    tags.test_cases_all(),
    tags.problem_drafts(),
    tags.problem_registered(),
    problemList.tag,
  ],
  /** Every view that shows the user's statistics or executions, to any reader. */
  user: (sub: string): Tag[] => [
    tags.user_stats(sub),
    tags.history_user(sub),
    tags.history_public(),
    tags.history_changed(),
    historyDetail.tag,
  ],
} as const;

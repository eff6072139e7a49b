import { type AnyResource, resourceTag, type Tag } from "@algoitny/cache";
import { historyDetail, searchHistory } from "./history/history.resources.ts";
import {
  problemDetail,
  problemDrafts,
  problemList,
  problemRegistered,
} from "./problem/problem.resources.ts";
import type { EntityName } from "./table/entities.ts";
import { testCaseList } from "./test-case/test-case.resources.ts";
import { userStats } from "./user/user.resources.ts";

const TEST_CASES = [testCaseList, problemDetail, historyDetail];

/** Entity → the cached views that show anything of it: what a change that cannot be read may have made wrong. */
export const shownBy: { [E in EntityName]: readonly AnyResource[] } = {
  problem: [
    problemList,
    problemDrafts,
    problemRegistered,
    problemDetail,
    testCaseList,
    historyDetail,
  ],
  problem_body: [problemDetail, problemDrafts, problemRegistered],
  problem_key: [problemDetail],
  test_cases: TEST_CASES,
  test_case: TEST_CASES,
  history: [searchHistory, historyDetail],
  history_detail: [historyDetail],
  feed_entry: [searchHistory],
  feed_counts: [searchHistory],
  user_stats: [userStats],
  user: [],
  user_problem: [],
  user_active: [],
  problem_counter: [problemList, problemDrafts, problemRegistered],
  counter: [],
  invalidation_job: [],
};

/** Tags of everything that shows anything of an entity. */
export const tagsOfEntity = (entity: EntityName): Tag[] => shownBy[entity].map(resourceTag);

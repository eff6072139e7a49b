import type { AnyResource } from "@algoitny/cache";
import { historyDetail, searchHistory } from "@algoitny/core/history/history.resources";
import {
  problemDetail,
  problemDrafts,
  problemList,
  problemRegistered,
} from "@algoitny/core/problem/problem.resources";
import { testCaseList } from "@algoitny/core/test-case/test-case.resources";
import { userStats } from "@algoitny/core/user/user.resources";

/** Every cached view of the API: what a pattern or a tag typed by an operator is checked against. */
export const resources: readonly AnyResource[] = [
  problemList,
  problemDetail,
  testCaseList,
  problemDrafts,
  problemRegistered,
  userStats,
  searchHistory,
  historyDetail,
];

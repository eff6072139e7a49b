import type { ViewName } from "@algoitny/core/views";
import type { RouteKey } from "../deployment/routes.ts";

/** Route → the view that its requests read. Searches and some pages of `problem_list` are computed from segments instead. */
export const viewsOfRoutes = {
  "GET /api/problems/": "problem_list",
  "GET /api/problems/drafts/": "problem_drafts",
  "GET /api/problems/registered/": "problem_registered",
  "GET /api/problems/{id}/": "problem_detail",
  "GET /api/problems/{platform}/{problem_id}/": "problem_detail",
  "GET /api/problems/{id}/testcases/": "test_cases",
  "GET /api/account/stats/": "user_stats",
  "GET /api/history/": "search_history",
  "GET /api/history/{id}/": "history_detail",
  "GET /api/history/{id}/hints/": "history_detail",
} as const satisfies Partial<Record<RouteKey, ViewName>>;

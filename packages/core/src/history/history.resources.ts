import { optionalKey, throttled } from "@algoitny/cache";
import { tags } from "../tags.ts";
import { defineView } from "../view.ts";
import { HistoryDetailParams, SearchHistoryParams } from "./history-params.ts";

/** Loaded by the first miss. */
const loads = () => import("./history-loads.ts");

/** Time for which a hot page of the public feed may lack new executions of others: 1 s. */
const HOT_FEED = "1 second";

/** Number of loads in a row, each within `HOT_FEED` of the one before, after which a page is hot. */
const HOT_AFTER_RELOADS = 5;

/**
 * `GET /history/`. A hot page may leave out new executions of other users; it shows the viewer's own, and every change of an
 * existing execution, at once.
 */
export const searchHistory = defineView({
  name: "search_history",
  params: SearchHistoryParams,
  key: ({ viewer, offset, limit, my_only }) => [
    optionalKey(viewer, "anonymous"),
    "offset",
    offset,
    "limit",
    limit,
    "my_only",
    my_only,
  ],
  tags: ({ viewer, my_only }) => [
    ...(my_only
      ? []
      : [
          throttled(tags.history_public(), HOT_FEED, { afterReloads: HOT_AFTER_RELOADS }),
          tags.history_changed(),
        ]),
    ...(viewer ? [tags.history_user(viewer)] : []),
  ],
  shows: ["history", "feed_entry", "feed_counts"],
  ttl: "SEARCH_HISTORY",
  load: async (params, source) => (await loads()).loadPage(params, source),
});

/** `GET /history/{id}/`, and its hints. */
export const historyDetail = defineView({
  name: "history_detail",
  params: HistoryDetailParams,
  key: ({ id, viewer }) => ({ id, viewer: optionalKey(viewer, "anonymous") }),
  tags: ({ id }) => [tags.history(id), tags.test_cases_all(), tags.problem_visibility()],
  shows: ["history", "history_detail", "problem", "test_cases", "test_case"],
  ttl: "SEARCH_HISTORY",
  load: async (params, source) => (await loads()).loadDetail(params, source),
});

export const historyViews = [searchHistory, historyDetail] as const;

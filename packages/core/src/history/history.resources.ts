import { defineResource, keyOf, Loaded, orAbsent } from "@algoitny/cache";
import { isListed } from "../problem/problem.ts";
import type { Source } from "../source.ts";
import { tags } from "../tags.ts";
import { STALE, STALE_IF_ERROR, TTL } from "../ttl.ts";
import { type HistoryQuery, maySee } from "./history.ts";
import { toHistoryDetail, toHistoryPage } from "./history-view.ts";

const lifetime = { fresh: TTL.SEARCH_HISTORY, stale: STALE, staleIfError: STALE_IF_ERROR };

/** `viewer` is the verified subject; undefined when signed out. */
export type SearchHistoryParams = HistoryQuery & { viewer: string | undefined };

/** `GET /history/`. */
export const searchHistory = defineResource({
  name: "search_history",
  key: ({ viewer, offset, limit, my_only }: SearchHistoryParams) =>
    `${orAbsent(viewer, "anonymous").verbatim}:${keyOf({ offset, limit, my_only })}`,
  tags: ({ viewer, my_only }) => [
    ...(my_only ? [] : [tags.history_public()]),
    ...(viewer === undefined ? [] : [tags.history_user(viewer)]),
  ],
  ...lifetime,
  load: async (params, source: Source) => {
    const { history } = await source.tables();
    const page = toHistoryPage(await history.page(params));
    // Offsets past the end have no end: they are answered, not stored.
    return new Loaded(page, { store: params.offset === 0 || page.results.length > 0 });
  },
});

/** `GET /history/{id}/`, and its hints. */
export const historyDetail = defineResource({
  name: "history_detail",
  key: ({ id, viewer }: { id: number; viewer: string | undefined }) =>
    keyOf({ id, viewer: orAbsent(viewer, "anonymous") }),
  tags: ({ id }) => [tags.history(id), tags.test_cases_all(), tags.problem_visibility()],
  ...lifetime,
  load: async ({ id, viewer }, source: Source) => {
    const { history, problems, testCases } = await source.tables();
    const found = await history.get(id);
    if (!found || !maySee(found.row, viewer)) return undefined;
    const [problem, cases] = await Promise.all([
      problems.get(found.row.problem),
      testCases.list(found.row.problem),
    ]);
    return toHistoryDetail(found, problem && isListed(problem) ? cases : []);
  },
});

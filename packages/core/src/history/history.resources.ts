import { Loaded, optionalKey } from "@algoitny/cache";
import * as z from "zod";
import { isListed } from "../problem/problem.ts";
import { tags } from "../tags.ts";
import { defineView } from "../view.ts";
import { maySee } from "./history.ts";
import { modifiedMsOf, withValidators } from "../validators.ts";
import { tagOfHistory, toHistoryDetail, toHistoryPage } from "./history-view.ts";

/** The verified subject; undefined when signed out, which JSON leaves out. */
const Viewer = z
  .string()
  .optional()
  .transform((sub) => sub);

/** `GET /history/`. */
export const searchHistory = defineView({
  name: "search_history",
  params: z.strictObject({
    offset: z.int().min(0),
    limit: z.int().positive(),
    my_only: z.boolean(),
    viewer: Viewer,
  }),
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
    ...(my_only ? [] : [tags.history_public()]),
    ...(viewer === undefined ? [] : [tags.history_user(viewer)]),
  ],
  shows: ["history", "feed_entry", "feed_counts"],
  ttl: "SEARCH_HISTORY",
  load: async (params, source) => {
    const { history } = await source.tables();
    const page = toHistoryPage(await history.page(params));
    // Offsets past the end have no end: they are answered, not stored.
    return new Loaded(page, { store: params.offset === 0 || page.results.length > 0 });
  },
});

/** `GET /history/{id}/`, and its hints. */
export const historyDetail = defineView({
  name: "history_detail",
  params: z.strictObject({ id: z.int().positive(), viewer: Viewer }),
  key: ({ id, viewer }) => ({ id, viewer: optionalKey(viewer, "anonymous") }),
  tags: ({ id }) => [tags.history(id), tags.test_cases_all(), tags.problem_visibility()],
  shows: ["history", "history_detail", "problem", "test_cases", "test_case"],
  ttl: "SEARCH_HISTORY",
  load: async ({ id, viewer }, source) => {
    const { history, problems, testCases } = await source.tables();
    const found = await history.get(id);
    if (!found || !maySee(found.row, viewer)) return undefined;
    if (found.damage) throw found.damage;
    const [problem, cases] = await Promise.all([
      problems.get(found.row.problem),
      testCases.list(found.row.problem),
    ]);
    const detail = toHistoryDetail(found, problem && isListed(problem) ? cases : []);
    const validators = { tag: tagOfHistory(detail), modifiedMs: modifiedMsOf(found.row) };
    return withValidators(detail, validators);
  },
});

export const historyViews = [searchHistory, historyDetail] as const;

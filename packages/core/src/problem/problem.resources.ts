import { type KeyValue, Loaded, optionalKey, toMs } from "@algoitny/cache";
import { tags } from "../tags.ts";
import { TTL } from "../ttl.ts";
import { defineView } from "../view.ts";
import { rememberPages } from "./problem-pages.ts";
import type { ProblemPage } from "./catalogue.ts";
import type { ProblemListItem } from "./problem.answers.ts";
import {
  AdminPage,
  CataloguePart,
  type Extent,
  ProblemDetailParams,
  ProblemListParams,
} from "./problem-params.ts";
import { DEFAULT_PAGE_SIZE, type ProblemListQuery } from "./problem-query.ts";
import type { Segment } from "./segment.ts";

/**
 * Parts from which all lists and pages are computed, and searches without a search engine. Each process keeps the parts in
 * memory, so that computing a list asks the store only for stamps.
 */
export const problemSegment = defineView<"problem_segment", CataloguePart, Extent | Segment>({
  name: "problem_segment",
  params: CataloguePart,
  tags: (part) => [part === "extent" ? tags.problem_extent() : tags.problem_segment(part)],
  shows: ["problem", "problem_counter"],
  ttl: "PROBLEM_SEGMENT",
  l1: { share: true },
  // Not Brotli: most of the data is deflated already, and every starting process decodes all segments, which gzip does
  // faster.
  compression: "gzip",
  load: async (part, source) => (await loads()).loadSegment(part, source),
});

/** Loaded by the first miss. */
const loads = () => import("./problem-loads.ts");

/** This process's memory of its lists. */
export const problemPages = rememberPages({ lifeMs: toMs(TTL.PROBLEM_LIST) });

/** `GET /problems/`. The number of all matches is in the header `x-total-count`. */
export const problemList = defineView({
  name: "problem_list",
  params: ProblemListParams,
  key: ({ platform, search, page, page_size }: ProblemListQuery) => [
    "platform",
    optionalKey(platform, "all"),
    "search",
    optionalKey(search, "none"),
    "page",
    page,
    ...(page_size === DEFAULT_PAGE_SIZE ? [] : ["size", page_size]),
  ],
  tags: ({ platform }) => [
    platform === undefined ? tags.problem_list_all() : tags.problem_list(platform),
  ],
  shows: ["problem", "problem_counter"],
  ttl: "PROBLEM_LIST",
  load: async (query, source) => toLoaded(query, await problemPages.compute(query, source)),
  loadMany: async (queries, source) => {
    const pages = await problemPages.computeMany(queries, source);
    return queries.map((query, index) => toLoaded(query, pages[index] as ProblemPage));
  },
});

/** `GET /problems/{id}/` and `GET /problems/{platform}/{problem_id}/`. */
export const problemDetail = defineView({
  name: "problem_detail",
  params: ProblemDetailParams,
  key: (params) => [...problemKey(params), ...(params.admin ? ["viewer", "admin"] : [])],
  tags: (params) =>
    "id" in params
      ? [tags.problem(params.id)]
      : [
          tags.problem_key(params.platform, params.problem_id),
          tags.problem_bodies(),
          tags.test_cases_all(),
        ],
  shows: ["problem", "problem_body", "problem_key", "problem_runs", "test_cases", "test_case"],
  ttl: "PROBLEM_DETAIL",
  load: async (params, source) => (await loads()).loadDetail(params, source),
});

function adminKey(asked: AdminPage): KeyValue {
  if (asked === undefined) return "all";
  const { page, page_size } = asked;
  return ["page", page, ...(page_size === DEFAULT_PAGE_SIZE ? [] : ["size", page_size])];
}

/** `GET /problems/drafts/`. */
export const problemDrafts = defineView({
  name: "problem_drafts",
  params: AdminPage,
  key: adminKey,
  tags: () => [tags.problem_drafts()],
  shows: ["problem", "problem_body", "problem_counter"],
  ttl: "PROBLEM_DRAFTS",
  load: async (asked: AdminPage, source) => (await loads()).loadDrafts(asked, source),
});

/** `GET /problems/registered/`. */
export const problemRegistered = defineView({
  name: "problem_registered",
  params: AdminPage,
  key: adminKey,
  tags: () => [tags.problem_registered()],
  shows: ["problem", "problem_body", "problem_counter"],
  ttl: "PROBLEM_REGISTERED",
  load: async (asked: AdminPage, source) => (await loads()).loadRegistered(asked, source),
});

/** Inputs come before the views computed from them: an unreadable change invalidates in this order. */
export const problemViews = [
  problemSegment,
  problemList,
  problemDetail,
  problemDrafts,
  problemRegistered,
] as const;

/** Headers that a page of a list is sent with. */
export const pageHeaders = ({ total }: Pick<ProblemPage, "total">) => ({
  "x-total-count": String(total),
});

/**
 * Clients can make up any number of searches, including ones with results. All of them share this budget: Redis keeps
 * the results of 65 minutes, at most 65 MiB. A result beyond the budget is kept for 10 s at most.
 */
const SEARCH_BUDGET = { name: "searches", bytesPerMinute: 2 ** 20 } as const;

/** Pages of another size than the usual one share the budget of searches: there are millions of them. */
function toLoaded(
  { search, page_size: size }: ProblemListQuery,
  page: ProblemPage,
): Loaded<ProblemListItem[]> {
  const rows = JSON.parse(page.rows) as ProblemListItem[];
  const options = { store: page.isOneOfFew, headers: pageHeaders(page) };
  const isBounded = search !== undefined || size !== DEFAULT_PAGE_SIZE;
  return new Loaded(rows, isBounded ? { ...options, budget: SEARCH_BUDGET } : options);
}

function problemKey(params: ProblemDetailParams): readonly KeyValue[] {
  if ("id" in params) return ["id", params.id];
  return ["platform", params.platform, params.problem_id];
}

/**
 * Parameters of the detail under a key of `problemDetail`; undefined for other keys, for admins' entries and for keys
 * shortened to a hash.
 */
export function paramsOfDetail(key: string): ProblemDetailParams | undefined {
  const found = /^problem_detail:(?:id:(\d+)|platform:([^:]+):([^:]+))$/.exec(key);
  // Returns early, because most keys are those of segments: one read of a large catalogue is a hit for each of a
  // hundred segments.
  if (found === null) return undefined;
  const [, id, platform, problemId] = found;
  const params =
    id === undefined
      ? { platform: decoded(platform), problem_id: decoded(problemId), admin: false }
      : { id: Number(id), admin: false };
  return problemDetail.keyFor(params) === key ? params : undefined;
}

function decoded(part = ""): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return ""; // A lone surrogate is written as `%uD800`: no problem has one.
  }
}

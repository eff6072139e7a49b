import { type KeyValue, Loaded, optionalKey, toMs } from "@algoitny/cache";
import * as z from "zod";
import type { Source } from "../source.ts";
import { tags } from "../tags.ts";
import { TTL } from "../ttl.ts";
import { defineView } from "../view.ts";
import { rememberAsked } from "./asked-again.ts";
import { isDraft, isListed, isVisible, matches, type Problem } from "./problem.ts";
import { DEFAULT_PAGE_SIZE, type ProblemListQuery } from "./problem-query.ts";
import { modifiedMsOf, withValidators } from "../validators.ts";
import { tagOfDetail, toAdminListItem, toDetail, toListItem } from "./problem-view.ts";

/**
 * Parameters of a problem's detail: the problem, and `admin` for the view with drafts, deleted problems and solutions.
 */
const ProblemDetailParams = z.union([
  z.strictObject({ id: z.int().positive(), admin: z.boolean() }),
  z.strictObject({ platform: z.string(), problem_id: z.string(), admin: z.boolean() }),
]);
export type ProblemDetailParams = z.output<typeof ProblemDetailParams>;

const askedAgain = rememberAsked({ lifeMs: toMs(TTL.PROBLEM_LIST) });

/** `GET /problems/`. The number of all that match is in the header `x-total-count`. */
export const problemList = defineView({
  name: "problem_list",
  params: z.strictObject({
    platform: z.string().optional(),
    search: z.string().optional(),
    page: z.int().positive(),
    page_size: z.int().positive(),
  }),
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
  load: async (query, source, { previous }) => {
    // A search that was stored had been asked for again; here that may be unknown by now.
    const isWanted =
      query.search === undefined || askedAgain(JSON.stringify(query)) || previous !== undefined;
    return toPage(await loadCatalogue(source), query, isWanted);
  },
  // Warming and refreshes alone load in bulk: what they are for is wanted.
  loadMany: async (queries, source) => {
    const catalogue = await loadCatalogue(source);
    return queries.map((query) => toPage(catalogue, query, true));
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
  shows: ["problem", "problem_body", "problem_key", "test_cases", "test_case"],
  ttl: "PROBLEM_DETAIL",
  load: async (params, source) => {
    const { problems, testCases } = await source.tables();
    const id =
      "id" in params ? params.id : await problems.findId(params.platform, params.problem_id);
    if (id === undefined) return undefined;
    const [found, cases] = await Promise.all([problems.getWithBody(id), testCases.list(id)]);
    if (!found || !isVisible(found.problem, params.admin)) return undefined;
    if (found.damage) throw found.damage;
    // Rejects a pair that a manual write changed on the head alone: no tag of these parameters covers such a result.
    if ("platform" in params && !hasPair(found.problem, params)) return undefined;
    const detail = toDetail({ ...found, testCases: cases }, params.admin);
    // The date is an editor's: it would show others a change of what they do not see.
    const modifiedMs = params.admin ? modifiedMsOf(found.problem) : undefined;
    return withValidators(detail, { tag: tagOfDetail(detail), modifiedMs });
  },
});

function hasPair(problem: Problem, pair: Pick<Problem, "platform" | "problem_id">): boolean {
  return problem.platform === pair.platform && problem.problem_id === pair.problem_id;
}

/** A page of an admin's list; undefined: the whole list. */
const AdminPage = z.union([
  z.void(),
  z.strictObject({ page: z.int().positive(), page_size: z.int().positive() }),
]);
export type AdminPage = z.output<typeof AdminPage>;

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
  load: async (asked: AdminPage, source) => {
    const { problems } = await source.tables();
    const { shown, paged } = pageOf((await problems.list()).filter(isDraft), asked);
    const bodies = await problems.getBodies(shown.map(({ id }) => id));
    return paged({ drafts: shown.map((each) => toAdminListItem(each, bodies.get(each.id))) });
  },
});

/** `GET /problems/registered/`. */
export const problemRegistered = defineView({
  name: "problem_registered",
  params: AdminPage,
  key: adminKey,
  tags: () => [tags.problem_registered()],
  shows: ["problem", "problem_body", "problem_counter"],
  ttl: "PROBLEM_REGISTERED",
  load: async (asked: AdminPage, source) => {
    const { problems } = await source.tables();
    const isWhole = asked === undefined;
    const [all, every] = await Promise.all([problems.list(), isWhole && problems.listBodies()]);
    const { shown, paged } = pageOf(all.filter(isListed), asked);
    const bodies = every || (await problems.getBodies(shown.map(({ id }) => id)));
    return paged({ problems: shown.map((each) => toAdminListItem(each, bodies.get(each.id))) });
  },
});

/** The problems of a page, and its value with the number of all in the header `x-total-count`. Pages past the end are not stored. */
function pageOf(all: readonly Problem[], asked: AdminPage) {
  if (asked === undefined) return { shown: all, paged: <Value>(value: Value) => value };
  const { page, page_size } = asked;
  const shown = all.slice((page - 1) * page_size, page * page_size);
  const store = shown.length > 0 || page === 1;
  const headers = { "x-total-count": String(all.length) };
  return { shown, paged: <Value>(value: Value) => new Loaded(value, { store, headers }) };
}

export const problemViews = [problemList, problemDetail, problemDrafts, problemRegistered] as const;

async function loadCatalogue(source: Source): Promise<Problem[]> {
  const { problems } = await source.tables();
  return problems.list();
}

function toPage(
  catalogue: readonly Problem[],
  { platform, search, page, page_size }: ProblemListQuery,
  isWanted: boolean,
) {
  const onPlatform =
    platform === undefined
      ? catalogue
      : catalogue.filter((problem) => problem.platform === platform);
  const found = onPlatform.filter(
    (problem) => isListed(problem) && (search === undefined || matches(problem, search)),
  );
  const start = (page - 1) * page_size;
  // Made-up platforms, searches that find nothing and pages past the end have no limit, so they are not stored. A platform
  // whose problems are all hidden counts as made up: Cache-Status must not show that it exists.
  const isOneOfFew = search === undefined && (platform === undefined || onPlatform.some(isListed));
  const store = isWanted && (start < found.length || (page === 1 && isOneOfFew));
  return new Loaded(found.slice(start, start + page_size).map(toListItem), {
    store,
    headers: { "x-total-count": String(found.length) },
  });
}

function problemKey(params: ProblemDetailParams): readonly KeyValue[] {
  if ("id" in params) return ["id", params.id];
  return ["platform", params.platform, params.problem_id];
}

/**
 * Parameters of the detail at a key of `problemDetail`; undefined for admins' entries and for keys shortened to a hash.
 */
export function paramsOfDetail(key: string): ProblemDetailParams | undefined {
  const [, id, platform, problemId] =
    /^problem_detail:(?:id:(\d+)|platform:([^:]+):([^:]+))$/.exec(key) ?? [];
  const params =
    id === undefined
      ? { platform: decoded(platform), problem_id: decoded(problemId), admin: false }
      : { id: Number(id), admin: false };
  return problemDetail.keyFor(params) === key ? params : undefined;
}

function decoded(segment = ""): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return ""; // half a character stands as `%uD800`: no problem has it
  }
}

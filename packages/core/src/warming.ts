import type { Resource } from "@algoitny/cache";
import { isListed } from "./problem/problem.ts";
import { ProblemListQuery } from "./problem/problem-input.ts";
import {
  problemDetail,
  problemDrafts,
  problemList,
  problemRegistered,
} from "./problem/problem.resources.ts";
import type { Source } from "./source.ts";
import { userStats } from "./user/user.resources.ts";

/** Takes a view and the entries of it that are to be warm; a caller decides how (what is missing, how many at once). */
export type Visit = <Params, Value>(
  resource: Resource<Params, Value, Source>,
  params: readonly Params[],
) => Promise<void>;

/** What a person or a schedule may ask for beside the plan's name. */
export interface WarmingRequest {
  /** Subjects whose statistics to warm; default: those active in the last 7 days. */
  userIds?: readonly string[];
}

/** Visits what should be warm, most wanted first. */
export type Plan = (source: Source, visit: Visit, request: WarmingRequest) => Promise<void>;

/** Pages of each list that are kept warm, where there are so many. */
const FIRST_PAGES = 3;

/** Newest problems whose details are kept warm. */
const NEWEST_PROBLEMS = 20;

/** Name → what to keep warm. Every entry is one that a request of the contract asks for. */
export const plans = {
  problem_lists: async (source, visit) => {
    const listed = await listedProblems(source);
    const platforms = [undefined, ...new Set(listed.map(({ platform }) => platform))];
    const queries = platforms.flatMap((platform) => {
      const total = listed.filter(
        (problem) => platform === undefined || problem.platform === platform,
      ).length;
      return firstPages(platform, total);
    });
    await visit(problemList, queries);
  },

  problem_registered: (_, visit) => visit(problemRegistered, [undefined]),

  problem_drafts: (_, visit) => visit(problemDrafts, [undefined]),

  problem_details: async (source, visit) => {
    const newest = (await listedProblems(source)).slice(0, NEWEST_PROBLEMS);
    await visit(
      problemDetail,
      newest.map(({ id }) => ({ id, admin: false })),
    );
    await visit(
      problemDetail,
      newest.map(({ platform, problem_id }) => ({ platform, problem_id, admin: false })),
    );
  },

  user_stats: async (source, visit, { userIds }) => {
    const { users } = await source.tables();
    const subs = userIds ?? (await users.listActive());
    await visit(
      userStats,
      subs.map((sub) => ({ sub })),
    );
  },
} as const satisfies Record<string, Plan>;

export type PlanName = keyof typeof plans;

async function listedProblems(source: Source) {
  const { problems } = await source.tables();
  return (await problems.list()).filter(isListed);
}

/** The pages a visitor turns first; the first one is asked for even when it is empty. */
function firstPages(platform: string | undefined, total: number): ProblemListQuery[] {
  const defaults = ProblemListQuery.parse({ platform });
  const pages = Math.min(FIRST_PAGES, Math.max(1, Math.ceil(total / defaults.page_size)));
  return Array.from({ length: pages }, (_, index) => ({ ...defaults, page: index + 1 }));
}

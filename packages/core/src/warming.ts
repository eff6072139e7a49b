import type { Cache, Duration, WarmOptions, WarmResult, Resource } from "@algoitny/cache";
import { type Catalogue, choose, hasListed, itemsOf, platformsOf } from "./problem/catalogue.ts";
import { foldCase } from "./fold-case.ts";
import { ProblemListQuery } from "./problem/problem-query.ts";
import {
  paramsOfDetail,
  problemDetail,
  problemDrafts,
  problemList,
  problemRegistered,
} from "./problem/problem.resources.ts";
import type { ProblemDetailParams } from "./problem/problem-params.ts";
import type { Source } from "./source.ts";
import { type PlanName, timetable } from "./timetable.ts";
import { userStats } from "./user/user.resources.ts";

/** Input of a plan; none of it is stored. */
export interface WarmingInput {
  source: Source;
  /** Keys of the details that were read most, the most read first. */
  mostRead: () => Promise<readonly string[]>;
  /** Subjects whose statistics to warm; default: those active in the last 7 days. */
  userIds?: readonly string[];
}

/** Entries of one view to keep warm, the most important first. */
export interface Wanted {
  readonly keys: readonly string[];
  /** Outcome of each refresh, in the order of the keys. */
  readonly refresh: (
    cache: Pick<Cache, "warm">,
    request: WarmOptions<Source>,
  ) => Promise<WarmResult[]>;
}

/** Entries to keep warm, and the cost allowed at a time. */
interface Plan {
  /** Number of entries loaded at once, and time limit of one run: low, because requests come first. */
  budget: { atOnce: number; longest: Duration };
  wanted: (input: WarmingInput) => Promise<Wanted>;
}

/** Number of pages of each list that are kept warm, as far as they exist. */
const FIRST_PAGES = 3;

/** Number of registered problems above which the whole list is not kept warm. */
const LARGEST_WHOLE_LIST = 5_000;

/** Numbers of the newest problems and of the most read details that are kept warm. */
const NEWEST_PROBLEMS = 20;
const MOST_READ = 20;

/** Name → entries to keep warm. Only entries that requests of the API can ask for are warmed. */
export const plans: Record<PlanName, Plan> = {
  problem_lists: {
    // One reading of the catalogue serves all of them.
    budget: { atOnce: 100, longest: "20 seconds" },
    wanted: async ({ source }) => {
      const catalogue = await source.catalogue();
      const platforms = [undefined, ...platformsOf(catalogue)];
      const queries = platforms.flatMap((platform) =>
        firstPages(platform, choose(catalogue, { platform }).total),
      );
      return entriesOf(problemList, queries);
    },
  },

  problem_registered: {
    budget: { atOnce: 1, longest: "10 seconds" },
    // A large list is expensive to load, and no client polls it: admins ask for its pages.
    wanted: async ({ source }) => {
      const { total } = choose(await source.catalogue());
      return entriesOf(problemRegistered, total > LARGEST_WHOLE_LIST ? [] : [undefined]);
    },
  },

  problem_drafts: {
    budget: { atOnce: 1, longest: "5 seconds" },
    wanted: async () => entriesOf(problemDrafts, [undefined]),
  },

  problem_details: {
    budget: { atOnce: 8, longest: "10 seconds" },
    wanted: async ({ source }) => {
      const newest = itemsOf(choose(await source.catalogue()), 0, NEWEST_PROBLEMS);
      const byId = newest.map(({ id }): ProblemDetailParams => ({ id, admin: false }));
      const byKey = newest.map(({ platform, problem_id }) => ({
        platform,
        problem_id,
        admin: false,
      }));
      return entriesOf(problemDetail, [...byId, ...byKey]);
    },
  },

  most_read: {
    budget: { atOnce: 8, longest: "10 seconds" },
    wanted: async ({ source, mostRead }) => {
      const [keys, catalogue] = await Promise.all([mostRead(), source.catalogue()]);
      // Drops keys of absent items: requests for them must not displace entries of existing items.
      const params = keys.flatMap((key) => paramsOfDetail(key) ?? []);
      const there = params.filter((each) => isThere(catalogue, each));
      return entriesOf(problemDetail, there.slice(0, MOST_READ));
    },
  },

  user_stats: {
    budget: { atOnce: 100, longest: "50 seconds" },
    wanted: async ({ source, userIds }) => {
      const subs = userIds ?? (await (await source.tables()).users.listActive());
      return entriesOf(
        userStats,
        subs.map((sub) => ({ sub })),
      );
    },
  },
};

/** Interval of a plan: an entry that would expire before the next run, and is past half of its lifetime, is loaded now. */
export function intervalOf(plan: PlanName): Duration {
  const schedules: readonly { every: Duration; plans: readonly PlanName[] }[] =
    Object.values(timetable);
  const schedule = schedules.find(({ plans: names }) => names.includes(plan));
  if (schedule === undefined) throw new RangeError(`${plan} is in no timetable`);
  return schedule.every;
}

/** True when the problem of a detail is listed. */
function isThere(catalogue: Catalogue, params: ProblemDetailParams): boolean {
  if ("id" in params) return hasListed(catalogue, params.id);
  const { platform, problem_id } = params;
  const alike = itemsOf(choose(catalogue, { platform, search: foldCase(problem_id) }));
  return alike.some((item) => item.problem_id === problem_id);
}

function entriesOf<Params, Value>(
  resource: Resource<Params, Value, Source>,
  params: readonly Params[],
): Wanted {
  return {
    keys: params.map((each) => resource.keyFor(each)),
    refresh: (cache, request) => cache.warm(resource, params, request),
  };
}

/** The pages that visitors open first; the first one is requested even if it is empty. */
function firstPages(platform: string | undefined, total: number): ProblemListQuery[] {
  const defaults = ProblemListQuery.parse({ platform });
  const pages = Math.min(FIRST_PAGES, Math.max(1, Math.ceil(total / defaults.page_size)));
  return Array.from({ length: pages }, (_, index) => ({ ...defaults, page: index + 1 }));
}

import { defineTags, type Tag } from "@algoitny/cache";

/** What the lists of platforms go by; all others share one tag, so that made-up names leave no stamps behind. */
const OTHERS = "other";
export const listPlatforms: readonly string[] = ["baekjoon", "codeforces", OTHERS];

/** Every tag of the application, spelled once. `invalidation.ts` says which change bumps which. */
export const tags = defineTags({
  /** The problem's detail by id. */
  problem: (id: number) => [id],
  /** The problem's detail by platform and problem id. */
  problem_key: (platform: string, problemId: string) => [platform, problemId],
  /** Lists of one platform. */
  problem_list: (platform: string) => [listPlatforms.includes(platform) ? platform : OTHERS],
  /** Lists of all platforms. */
  problem_list_all: () => [],
  problem_drafts: () => [],
  problem_registered: () => [],
  /** Some problem's constraints or solution: details by platform and problem id carry it, for a body knows only its id. */
  problem_bodies: () => [],
  test_cases: (problemId: number) => [problemId],
  /** Some problem's test cases: carried by views that show test cases and are not found by the problem's id. */
  test_cases_all: () => [],
  /** Some problem has come to be there for everybody, or no longer is: then executions show its test cases, or not. */
  problem_visibility: () => [],
  user_stats: (sub: string) => [sub],
  history_public: () => [],
  history_user: (sub: string) => [sub],
  history: (id: number) => [id],
});

/** The lists of every platform, and those of all platforms. */
export const everyProblemList = (): Tag[] => [
  ...listPlatforms.map(tags.problem_list),
  tags.problem_list_all(),
];

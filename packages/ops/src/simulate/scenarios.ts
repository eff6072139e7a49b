/** Size and load of a site. Rates are per second. */
export interface Scenario {
  readonly name: string;
  readonly reads: number;
  /** Searches that no other reader makes, in addition to the reads. */
  readonly madeUpSearches: number;
  readonly executions: number;
  /** Share of the executions and of details' reads that go to `CONTEST_PROBLEMS`, 0 to 1. */
  readonly contestShare: number;
  /** Problems added at the end of the catalogue. */
  readonly imports: number;
  /** Titles changed anywhere in the catalogue. */
  readonly edits: number;
  /** Processes that read lists, each with the catalogue in its memory. */
  readonly processes: number;
  readonly problems: number;
}

/** Problems of a contest, the newest ones. */
export const CONTEST_PROBLEMS = 8;

/** Kinds of reads and their shares of all. */
export const READ_SHARES = {
  list: 0.25,
  search: 0.1,
  detail: 0.4,
  testCases: 0.05,
  history: 0.15,
  stats: 0.05,
} as const;

export type ReadKind = keyof typeof READ_SHARES;

/** Exponents of Zipf's law: the n-th item is drawn n^-exponent times as often as the first. */
export const EXPONENTS = { page: 1.2, platform: 0.8, problem: 0.9, term: 1 } as const;

export const PLATFORMS = [
  "codeforces",
  "baekjoon",
  ..."atcoder leetcode programmers spoj kattis timus topcoder usaco yosupo".split(" "),
] as const;

/** Number of users who sign in; two of three reads of `/history/` are theirs. */
export const VIEWERS = 50_000;
export const SIGNED_IN = 2 / 3;

/** Search terms; the first ones are words in titles, the others are found nowhere. */
export const TERMS = 1_000_000;

/** Interval at which the stream's consumer receives the changes, in ms: Lambda polls a shard four times a second. */
export const STREAM_DELAY_MS = 250;

/** Ordinary edits of the catalogue per second: one in 10 s. */
const ORDINARY_EDITS = 0.1;

export interface Size {
  reads: number;
  processes: number;
  problems: number;
}

/** The scenarios at a rate of reads; writes grow with it as they would with the site, ordinary edits do not. */
export function scenariosAt({ reads, processes, problems }: Size): Scenario[] {
  const ordinary: Scenario = {
    name: "ordinary",
    reads,
    madeUpSearches: 0,
    executions: reads / 2_000,
    contestShare: 0,
    imports: 0,
    edits: ORDINARY_EDITS,
    processes,
    problems,
  };
  const contest = { executions: reads / 20, contestShare: 0.5 };
  return [
    ordinary,
    { ...ordinary, ...contest, name: "contest" },
    { ...ordinary, ...contest, name: "contest, processes ×4", processes: processes * 4 },
    { ...ordinary, name: "import at the end", imports: reads / 400 },
    { ...ordinary, name: "edits anywhere", edits: reads / 400 },
    { ...ordinary, name: "flood of searches", madeUpSearches: reads / 10 },
  ];
}

/** The ordinary site, and the same with each size doubled: shows how the columns grow. */
export function growthAt(size: Size): Scenario[] {
  const { reads, processes, problems } = size;
  const grown = (name: string, larger: Partial<Size>) => {
    const [ordinary] = scenariosAt({ ...size, ...larger });
    return { ...(ordinary as Scenario), name };
  };
  return [
    grown("ordinary", {}),
    grown("reads and writes ×2", { reads: reads * 2 }),
    grown("processes ×2", { processes: processes * 2 }),
    grown("problems ×2", { problems: problems * 2 }),
  ];
}

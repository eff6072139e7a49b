import { type Random, weighted } from "../load/arrivals.ts";
import {
  CONTEST_PROBLEMS,
  EXPONENTS,
  PLATFORMS,
  READ_SHARES,
  type ReadKind,
  type Scenario,
  SIGNED_IN,
  TERMS,
  VIEWERS,
} from "./scenarios.ts";
import { termAt } from "./simulated-site.ts";

/** A read of the API. */
export type Read =
  | { kind: "list" | "search"; query: { platform?: string; page?: number; search?: string } }
  | { kind: "detail" | "testCases"; problem: number }
  | { kind: "history"; viewer: number | undefined }
  | { kind: "stats"; viewer: number };

/** A read, or a change. */
export type Happening =
  | Read
  | { kind: "execution"; problem: number; viewer: number }
  | { kind: "edit"; problem: number }
  | { kind: "import" };

/** Shares of ranks by Zipf's law: 1, 2^-exponent, 3^-exponent … */
export const zipfShares = (length: number, exponent: number): number[] =>
  Array.from({ length }, (_, index) => (index + 1) ** -exponent);

/** Builds a function that draws ranks, of which the first is 0. */
const ranks = (length: number, exponent: number) =>
  weighted(zipfShares(length, exponent).map((share, item) => ({ item, share })));

let terms: ((random: Random) => number) | undefined;

/** Number of a list's pages, of 100 problems each: the list of one platform, or of all if it is undefined. */
export const pagesOf = (problems: number, platform: string | undefined): number =>
  Math.max(1, Math.ceil(problems / (platform === undefined ? 1 : PLATFORMS.length) / 100));

/** Platforms of the lists; undefined: the list of all problems. */
export const LISTED = [undefined, ...PLATFORMS] as const;

/** The rate of a scenario's reads and changes together, and a draw of one of them. */
export function drawsOf(scenario: Scenario, last: () => number) {
  const { problems, reads, contestShare } = scenario;
  const problem = ranks(problems, EXPONENTS.problem);
  const page = LISTED.map((platform) => ranks(pagesOf(problems, platform), EXPONENTS.page));
  const platform = ranks(LISTED.length, EXPONENTS.platform);
  const term = (terms ??= ranks(TERMS, EXPONENTS.term));
  const below = (most: number, random: Random) => Math.floor(random() * most);
  let madeUp = 0;

  const contested = (random: Random) =>
    random() < contestShare ? last() - below(CONTEST_PROBLEMS, random) : problem(random) + 1;
  const draw: Record<ReadKind, (random: Random) => Read> = {
    list(random) {
      const place = platform(random);
      const named = LISTED[place];
      const query = { page: (page[place] as (random: Random) => number)(random) + 1 };
      return { kind: "list", query: named === undefined ? query : { ...query, platform: named } };
    },
    search: (random) => ({ kind: "search", query: { search: termAt(term(random)) } }),
    detail: (random) => ({ kind: "detail", problem: contested(random) }),
    testCases: (random) => ({ kind: "testCases", problem: problem(random) + 1 }),
    history: (random) => ({
      kind: "history",
      viewer: random() < SIGNED_IN ? below(VIEWERS, random) : undefined,
    }),
    stats: (random) => ({ kind: "stats", viewer: below(VIEWERS, random) }),
  };
  const happenings: { share: number; item: (random: Random) => Happening }[] = [
    ...(Object.keys(draw) as ReadKind[]).map((kind) => ({
      share: reads * READ_SHARES[kind],
      item: draw[kind],
    })),
    {
      share: scenario.madeUpSearches,
      item: () => ({ kind: "search", query: { search: `made up ${(madeUp += 1)}` } }),
    },
    {
      share: scenario.executions,
      item: (random) => ({
        kind: "execution",
        problem: contested(random),
        viewer: below(VIEWERS, random),
      }),
    },
    {
      share: scenario.edits,
      item: (random) => ({ kind: "edit", problem: 1 + below(problems, random) }),
    },
    { share: scenario.imports, item: () => ({ kind: "import" }) },
  ];
  const drawn = weighted(happenings);
  return {
    /** Reads and changes a second. */
    perSecond: happenings.reduce((sum, { share }) => sum + share, 0),
    draw: (random: Random): Happening => drawn(random)(random),
  };
}

import type { KindName } from "./kinds.ts";

/** Kinds of writes with their frequencies, the problems that they concern, and the bug that is planted first. */
export interface Mix {
  readonly about: string;
  /** Relative frequency of each kind of write; other kinds do not occur. */
  readonly weights: Partial<Record<KindName, number>>;
  /** The newest problems, and the share of writes that concern them. */
  readonly busy: { readonly problems: number; readonly share: number };
  /** Hits on recent changes, relative to the share that a proof requires: feeds that change constantly are hit less. */
  readonly recentHits: number;
  /** Tags whose invalidations the planted bug drops; `d:` tags are those of recorded reads (CACHE_RECORDED_VIEWS). */
  readonly dropped: RegExp;
}

/** Mixes of writes by name. */
export const mixes = {
  everything: {
    about: "every kind of write, most of them to the newest 40 problems",
    weights: {
      create: 4,
      rename: 10,
      move: 6,
      complete: 8,
      "delete or restore": 7,
      rewrite: 6,
      "add test cases": 8,
      "change test case": 7,
      "remove test case": 4,
      execution: 20,
      visibility: 7,
      hints: 7,
      "change directly": 6,
      "insert directly": 4,
      "remove directly": 4,
    },
    busy: { problems: 40, share: 0.7 },
    recentHits: 1,
    dropped: /:tag:(?:problem:\d+|d:[\w-]+)$/,
  },
  contest: {
    about: "executions of 8 problems, published and hidden, beside renames; statistics go stale",
    weights: { execution: 70, visibility: 18, hints: 3, rename: 5, complete: 2, create: 2 },
    busy: { problems: 8, share: 1 },
    recentHits: 0.6,
    dropped: /:tag:(?:user_stats:[^:]+|d:[\w-]+)$/,
  },
} satisfies Record<string, Mix>;

export type MixName = keyof typeof mixes;

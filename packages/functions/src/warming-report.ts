import type { PlanName } from "@algoitny/core/timetable";

/** What became of a plan's entries, by their keys. */
export interface PlanReport {
  plan: PlanName;
  refreshed: string[];
  /** There already, with enough of their life left. */
  skipped: string[];
  /** Being loaded by a reader. */
  busy: string[];
  /** Loaded, and changed meanwhile: the next read loads them again. */
  not_stored: string[];
  /** What a dry run would load. */
  due: string[];
  /** Not come to for lack of time: the next run begins with them. */
  left: string[];
  failed: { key: string; error: string }[];
  /** Why the plan was given up as a whole. */
  error?: string;
  ms: number;
}

const GROUPS = ["refreshed", "skipped", "busy", "not_stored", "due", "left", "failed"] as const;

/** How many entries came to what. */
export type WarmingTotals = Record<(typeof GROUPS)[number], number>;

export interface WarmingReport extends WarmingTotals {
  /** `unfinished`: time ran out; `broken`: a plan was given up; `down`: nothing was tried, for what `down` names does not answer. */
  state: "done" | "unfinished" | "broken" | "down";
  down: string[];
  dry_run: boolean;
  ms: number;
  plans: PlanReport[];
}

export function emptyPlanReport(plan: PlanName): PlanReport {
  return {
    plan,
    refreshed: [],
    skipped: [],
    busy: [],
    not_stored: [],
    due: [],
    left: [],
    failed: [],
    ms: 0,
  };
}

export function totalsOf(reports: readonly PlanReport[]): WarmingTotals {
  const counts = GROUPS.map((group) => [
    group,
    reports.reduce((sum, report) => sum + report[group].length, 0),
  ]);
  return Object.fromEntries(counts) as WarmingTotals;
}

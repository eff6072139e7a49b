import type { PlanName } from "@algoitny/core/timetable";

/** Results of a plan: its entries' keys by outcome. */
export interface PlanReport {
  plan: PlanName;
  refreshed: string[];
  /** Already stored, with enough of their lifetime left. */
  skipped: string[];
  /** Being loaded by a reader, or by another run. */
  busy: string[];
  /** Loaded, but changed meanwhile or not storable: the next read loads them again. */
  not_stored: string[];
  /** Entries that a dry run would load. */
  due: string[];
  /** Not reached in time: the next run loads them, unless readers have. */
  left: string[];
  failed: { key: string; error: string }[];
  /** Reason why the whole plan failed. */
  error?: string;
  /** The time was over before the plan had its list of entries: the next run tries again. */
  out_of_time: boolean;
  ms: number;
}

const GROUPS = ["refreshed", "skipped", "busy", "not_stored", "due", "left", "failed"] as const;

/** Number of entries by outcome. */
export type WarmingTotals = Record<(typeof GROUPS)[number], number>;

export interface WarmingReport extends WarmingTotals {
  /**
   * `incomplete`: some entries failed; `unfinished`: time ran out; `broken`: a plan failed; `down`: nothing was tried,
   * because what `down` names does not answer or refuses writes. Of several, the first of `unfinished`, `broken`,
   * `incomplete`.
   */
  state: "done" | "incomplete" | "unfinished" | "broken" | "down";
  down: string[];
  /** The table has never had a problem: there is almost nothing to warm. */
  empty: boolean;
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
    out_of_time: false,
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

/** State of a run in which cache and database were up. */
export function stateOf(reports: readonly PlanReport[]): Exclude<WarmingReport["state"], "down"> {
  const any = (is: (report: PlanReport) => boolean) => reports.some(is);
  if (any(({ left, out_of_time: late }) => late || left.length > 0)) return "unfinished";
  if (any(({ error }) => error !== undefined)) return "broken";
  return any(({ failed }) => failed.length > 0) ? "incomplete" : "done";
}

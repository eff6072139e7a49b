import type { Window } from "../metrics/cloudwatch.ts";
import type { ColumnName } from "../metrics/columns.ts";
import type { Series } from "../metrics/series.ts";
import { type Moment, type Rule, rules } from "./finding-rules.ts";
import { type FindingId, findingTexts } from "./finding-texts.ts";

/** A fault that is present now. */
export interface Finding {
  id: FindingId;
  /** `Loads are slow: one in a hundred takes over 1820 ms, usually 40 ms`. */
  sentence: string;
  /** Start of the first interval in the last five minutes that showed the fault, in seconds since the epoch. */
  since: number;
  means: string;
  todo: string;
}

const MINUTE_SECONDS = 60;

/** The usual level is that of the hour before the last five minutes. */
const RECENT_SECONDS = 5 * MINUTE_SECONDS;
const USUAL_SECONDS = 60 * MINUTE_SECONDS;
const LEAST_VALUES = 10;

/** Time for which a schedule's value is valid. */
const LASTS_SECONDS = 150;

/** Number of intervals in a row without the fault after which a finding has ended. */
const ENDS_AFTER = 3;

/** Window from which findings are judged, in intervals of the shortest length. */
export function windowOfFindings(nowSeconds: number, finestSeconds: number): Window {
  const aligned = (seconds: number) => Math.floor(seconds / finestSeconds) * finestSeconds;
  return {
    from: aligned(nowSeconds - RECENT_SECONDS - USUAL_SECONDS),
    until: aligned(nowSeconds) + finestSeconds,
    periodSeconds: finestSeconds,
  };
}

/** Faults at the end of the window, the most serious first, without those that another one explains. */
export function findFaults(series: Series): Finding[] {
  const found = (Object.keys(findingTexts) as FindingId[]).flatMap((id) => {
    const held = judge(rules[id], series);
    if (!held) return [];
    const { title, means, todo } = findingTexts[id];
    return [{ id, sentence: `${title}: ${held.facts}`, since: held.since, means, todo }];
  });
  const hidden = new Set<string>(found.flatMap(({ id }) => findingTexts[id].hides));
  return found.filter(({ id }) => !hidden.has(id));
}

/** A finding begins after `rule.intervals` in a row with the fault, and ends after three in a row without it. */
function judge(rule: Rule, series: Series): { facts: string; since: number } | undefined {
  const { complete, period_seconds: period, times } = series;
  const usual = usualOf(series);
  let held: { facts: string; since: number } | undefined;
  let [inRow, without] = [0, 0];
  for (let index = Math.max(0, complete - RECENT_SECONDS / period); index < complete; index += 1) {
    const facts = rule.holds(momentAt(series, index, usual, rule.lasts));
    inRow = facts === undefined ? 0 : inRow + 1;
    without = facts === undefined ? without + 1 : 0;
    if (facts === undefined) {
      if (without >= ENDS_AFTER) held = undefined;
    } else if (held) held = { ...held, facts };
    else if (inRow >= (rule.intervals ?? 2)) held = { facts, since: times[index - inRow + 1] ?? 0 };
  }
  return held;
}

function momentAt(
  { columns, period_seconds: periodSeconds }: Series,
  index: number,
  usual: Moment["usual"],
  lasts: ColumnName | undefined,
): Moment {
  const valueOf = (column: ColumnName | "cached_percent") => {
    const values = columns[column];
    if (column !== lasts) return values[index];
    const back = Math.round(LASTS_SECONDS / periodSeconds);
    return values
      .slice(Math.max(0, index - back + 1), index + 1)
      .findLast((value) => value !== null);
  };
  return {
    periodSeconds,
    usual,
    past(column, seconds) {
      const first = Math.max(0, index + 1 - seconds / periodSeconds);
      return columns[column]
        .slice(first, index + 1)
        .reduce<number>((sum, value) => sum + (value ?? 0), 0);
    },
    at: (column) => valueOf(column) ?? 0,
    known: (column) => (valueOf(column) ?? null) !== null,
  };
}

/** Median of each column over the hour before the last five minutes. */
function usualOf({ columns, complete, period_seconds: period }: Series): Moment["usual"] {
  const end = Math.max(0, complete - RECENT_SECONDS / period);
  return (column) => {
    const values = columns[column].slice(0, end).filter((value) => value !== null);
    if (values.length < LEAST_VALUES) return undefined;
    return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
  };
}

import type { GetMetrics, Window } from "./cloudwatch.ts";
import {
  addsUp,
  type Column,
  type ColumnName,
  columns,
  type EndpointColumnName,
  endpointColumns,
} from "./columns.ts";
import { startsOf } from "./window.ts";

/** Share of reads that were answered from the cache, in percent; null without reads: a gap, never 0. */
export interface Cached {
  cached_percent: number | null;
}

/** Numbers of the service over a window; `docs/operations.md` describes each field. */
export interface Series {
  service: string;
  period_seconds: number;
  /** Starts of the intervals, in seconds since the epoch. */
  times: number[];
  /** Number of intervals that have ended: they come first. */
  complete: number;
  /** Time of the answer's numbers, in seconds since the epoch. */
  as_of: number;
  columns: Record<ColumnName | "cached_percent", (number | null)[]>;
  /** For the whole window: sums, and maxima of columns that do not add up. */
  totals: Record<ColumnName, number | null> & Cached;
}

/** Totals of each endpoint that received requests in the window. */
export type EndpointTotals = Record<string, Record<EndpointColumnName, number | null> & Cached>;

export interface SeriesSource {
  getMetrics: GetMetrics;
  /** The dimension `service` of the stage's metrics. */
  service: string;
  nowMs: number;
}

/** Reads every column of the service. */
export async function readSeries(
  window: Window,
  { getMetrics, service, nowMs }: SeriesSource,
): Promise<Series> {
  const rows = await readColumns(columns, [{ service }], window, getMetrics);
  const [values = {} as Record<ColumnName, (number | null)[]>] = rows;
  const times = startsOf(window);
  const as_of = Math.floor(nowMs / 1_000);
  return {
    service,
    period_seconds: window.periodSeconds,
    times,
    complete: times.filter((start) => start + window.periodSeconds <= as_of).length,
    as_of,
    columns: { ...values, cached_percent: times.map((_, index) => cachedAt(values, index)) },
    totals: totalsOf(columns, values),
  };
}

/** Reads the totals of endpoints, by their route. */
export async function readEndpoints(
  endpoints: readonly string[],
  window: Window,
  { getMetrics, service }: SeriesSource,
): Promise<EndpointTotals> {
  const subjects = endpoints.map((endpoint) => ({ service, endpoint }));
  const rows = await readColumns(endpointColumns, subjects, window, getMetrics);
  const totals = rows.map(
    (row, index) => [endpoints[index], totalsOf(endpointColumns, row)] as const,
  );
  return Object.fromEntries(totals.filter(([, { requests }]) => requests !== 0));
}

/** Columns of each subject, one interval after the other. */
export async function readColumns<Name extends string>(
  table: Readonly<Record<Name, Column>>,
  subjects: readonly Readonly<Record<string, string>>[],
  window: Window,
  getMetrics: GetMetrics,
): Promise<Record<Name, (number | null)[]>[]> {
  const named = Object.entries(table) as [Name, Column][];
  const queries = subjects.flatMap((dimensions) =>
    named.map(([, column]) => ({ ...column, dimensions })),
  );
  const found = await getMetrics(queries, window);
  const starts = startsOf(window);
  return subjects.map((_, subject) => {
    const filled = named.map(([name, column], index) => {
      const values = found[subject * named.length + index];
      const empty = addsUp(column) ? 0 : null;
      return [name, starts.map((start) => rounded(values?.get(start) ?? empty))] as const;
    });
    return Object.fromEntries(filled) as Record<Name, (number | null)[]>;
  });
}

function totalsOf<Name extends string>(
  table: Readonly<Record<Name, Column>>,
  values: Readonly<Record<Name, readonly (number | null)[]>>,
): Record<Name, number | null> & Cached {
  const totals = (Object.entries(table) as [Name, Column][]).map(([name, column]) => {
    const known = values[name].filter((value) => value !== null);
    const largest = known.length === 0 ? null : Math.max(...known);
    return [name, addsUp(column) ? known.reduce((sum, value) => sum + value, 0) : largest] as const;
  });
  const named = Object.fromEntries(totals) as Record<Name, number | null>;
  return { ...named, cached_percent: cachedPercent(named) };
}

type Outcomes = { [Outcome in "hit" | "stale" | "miss" | "bypass"]?: number | null | undefined };

function cachedAt(
  { hit, stale, miss, bypass }: Record<ColumnName, readonly (number | null)[]>,
  at: number,
): number | null {
  return cachedPercent({ hit: hit[at], stale: stale[at], miss: miss[at], bypass: bypass[at] });
}

function cachedPercent(outcomes: Outcomes): number | null {
  const { hit, stale, miss, bypass } = outcomes;
  const cached = (hit ?? 0) + (stale ?? 0);
  const reads = cached + (miss ?? 0) + (bypass ?? 0);
  return reads === 0 ? null : rounded((100 * cached) / reads);
}

/** Rounded to a tenth, for people. */
function rounded<Value extends number | null>(value: Value): Value {
  return (value === null ? null : Math.round(value * 10) / 10) as Value;
}

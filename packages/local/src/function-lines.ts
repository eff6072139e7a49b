import { inspect } from "node:util";
import * as z from "zod";
import type { RequestLines } from "./cloudwatch/request-lines.ts";
import type { MetricStore } from "./cloudwatch/metric-store.ts";

/** Total of one metric since the start: number of values and their sum. */
export interface Total {
  count: number;
  sum: number;
}

/** `endpoint GET /api/problems/` → `Hits` → total. */
export type MetricTotals = Record<string, Record<string, Total>>;

/** Declaration of the metrics in a line of CloudWatch's embedded metric format; the line's other fields have the values. */
const MetricLine = z.looseObject({
  _aws: z.object({
    Timestamp: z.number().optional(),
    CloudWatchMetrics: z.array(
      z.object({
        Dimensions: z.array(z.array(z.string())),
        Metrics: z.array(z.object({ Name: z.string() })),
      }),
    ),
  }),
});

const LogLine = z.looseObject({ level: z.string(), message: z.string() });

/** An error as functions log it. */
const DescribedError = z.object({
  name: z.string(),
  message: z.string(),
  frames: z.array(z.string()),
  cause: z.unknown().optional(),
});

/** Highest number of a list's items that the line of a warning names. */
const NAMED = 5;

const ROUTINE_LEVELS = new Set(["trace", "debug", "info"]);

const Values = z.union([z.number().transform((value) => [value]), z.array(z.number())]);

export interface LineReader {
  read: (line: string) => void;
  /** Totals of the lines so far, as a copy. */
  totals: () => MetricTotals;
}

/**
 * Reads the functions' log lines like CloudWatch: lines with metrics are summed up and stored, all others are passed on.
 * Those of the levels up to `info` are routine.
 */
export function createLineReader(
  onLine: (line: { text: string; routine: boolean }) => void,
  store?: Pick<MetricStore, "add">,
  requests?: RequestLines,
): LineReader {
  // Without prototypes, because functions choose the names, and may choose `constructor`.
  const none = <T>(): Record<string, T> => Object.create(null) as Record<string, T>;
  const totals = none<Record<string, Total>>();

  function addMetrics(line: z.output<typeof MetricLine>): void {
    const { Timestamp: atMs = Date.now(), CloudWatchMetrics: directives } = line["_aws"];
    for (const { Dimensions, Metrics } of directives) {
      for (const names of Dimensions) {
        const dimensions = Object.fromEntries(names.map((name) => [name, textOf(line[name])]));
        for (const { Name: name } of Metrics)
          store?.add({ name, dimensions }, valuesOf(line, name), atMs);
      }
      const subject = Dimensions.flat().find((name) => name !== "service") ?? "service";
      const ofSubject = (totals[`${subject} ${textOf(line[subject])}`] ??= none<Total>());
      for (const { Name } of Metrics) {
        const total = (ofSubject[Name] ??= { count: 0, sum: 0 });
        for (const value of valuesOf(line, Name)) {
          total.count += 1;
          total.sum += value;
        }
      }
    }
  }

  return {
    read(text) {
      const line = parsed(text);
      const metrics = MetricLine.safeParse(line);
      const log = LogLine.safeParse(line);
      if (metrics.success) {
        addMetrics(metrics.data);
        requests?.add(text, metrics.data, Date.now());
      } else onLine(log.success ? logLine(log.data) : { text, routine: false });
    },
    totals: () => structuredClone({ ...totals }),
  };
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : inspect(value);
}

/** Values of a metric in its line; empty if the line has no numbers for it, as in CloudWatch. */
function valuesOf(line: Readonly<Record<string, unknown>>, name: string): readonly number[] {
  return Values.safeParse(line[name]).data ?? [];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Omits the line's time, because the printer adds one. Shortens the values of a warning, and a CacheError in any line, whose
 * stack frames are always those of the library.
 */
function logLine({ level, message, ...fields }: z.output<typeof LogLine>) {
  const rest = Object.entries(fields)
    .filter(([name]) => name !== "timestamp")
    .map(
      ([name, value]) =>
        [name, level === "warn" || isOfCache(value) ? brief(value) : value] as const,
    );
  const text = rest.length > 0 ? ` ${JSON.stringify(Object.fromEntries(rest))}` : "";
  return { text: `${level} ${message}${text}`, routine: ROUTINE_LEVELS.has(level) };
}

function isOfCache(value: unknown): boolean {
  return DescribedError.safeParse(value).data?.name === "CacheError";
}

/** Shortens a long list to its first items and the number of the others, and an error to its name, message and causes. */
function brief(value: unknown): unknown {
  if (Array.isArray(value) && value.length > NAMED)
    return [...value.slice(0, NAMED), `and ${value.length - NAMED} more`];
  return errorTextOf(value) ?? value;
}

/** Name, message and causes of a described error; undefined for any other value. */
function errorTextOf(value: unknown): string | undefined {
  const { data: error } = DescribedError.safeParse(value);
  if (error === undefined) return undefined;
  const cause = errorTextOf(error.cause);
  return `${error.name}: ${error.message}${cause === undefined ? "" : `, because of ${cause}`}`;
}

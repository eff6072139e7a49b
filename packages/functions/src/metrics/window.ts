import type { Window } from "./cloudwatch.ts";

/** Lengths of intervals, in seconds. CloudWatch keeps 60 s for 15 days, 300 s for 63. */
const PERIODS_SECONDS = [10, 60, 300, 3_600] as const;

/** Highest number of intervals before the current one in an answer: what a chart has room for. */
const MOST_INTERVALS = 360;

/** Ranges that a request can name, in seconds. */
export const ranges = { "15m": 900, "1h": 3_600, "3h": 10_800, "24h": 86_400, "14d": 1_209_600 };

export type RangeName = keyof typeof ranges;

/** Intervals from some time until now, including the current one; as short as the limit allows. */
export function windowFrom(fromSeconds: number, nowSeconds: number, finestSeconds: number): Window {
  const lengthSeconds = nowSeconds - fromSeconds;
  const periodSeconds =
    PERIODS_SECONDS.find(
      (period) => period >= finestSeconds && lengthSeconds / period <= MOST_INTERVALS,
    ) ?? 3_600;
  const aligned = (seconds: number) => Math.floor(seconds / periodSeconds) * periodSeconds;
  return { from: aligned(fromSeconds), until: aligned(nowSeconds) + periodSeconds, periodSeconds };
}

/** Oldest numbers that may be requested: CloudWatch keeps minutes for 15 days. */
const OLDEST_SECONDS = 15 * 86_400;

/** Start of the requested window: a time, or a range until now; by default the last three hours. */
export function startOf(
  { range = "3h", from }: { range?: RangeName | undefined; from?: number | undefined },
  nowSeconds: number,
): number {
  const asked = from ?? nowSeconds - ranges[range];
  return Math.max(nowSeconds - OLDEST_SECONDS, Math.min(asked, nowSeconds));
}

/** Starts of a window's intervals. */
export function startsOf({ from, until, periodSeconds }: Window): number[] {
  return Array.from(
    { length: (until - from) / periodSeconds },
    (_, index) => from + index * periodSeconds,
  );
}

/** Shortest interval for which metrics are kept: `METRICS_PERIOD_SECONDS`, or 60 s as in CloudWatch. */
export function readFinestSeconds({
  METRICS_PERIOD_SECONDS: text,
}: Readonly<Record<string, string | undefined>>): number {
  return text === undefined ? 60 : Number(text);
}

/** Values of one metric within one interval. */
interface Interval {
  count: number;
  sum: number;
  largest: number;
  /** Numbers of values by bucket; each bucket is 2 % wide. */
  buckets: Map<number, number>;
}

/** Length of the shortest stored interval: 10 s; CloudWatch's, of standard resolution, is 60 s. */
export const FINEST_SECONDS = 10;

const FINE = { seconds: FINEST_SECONDS, keptSeconds: 2 * 3_600 };
const COARSE = { seconds: 60, keptSeconds: 24 * 3_600 };

const BUCKET_WIDTH = Math.log(1.02);

/** In percentiles, smaller values count as this one: half a microsecond, for values in ms. */
const SMALLEST = 0.000_5;

/** One metric as CloudWatch names it. */
export interface MetricName {
  name: string;
  dimensions: Readonly<Record<string, string>>;
}

export interface MetricStore {
  add: (metric: MetricName, values: readonly number[], atMs: number) => void;
  /** A statistic of each interval that has values, in order: `[start in seconds, value]`. */
  read: (
    metric: MetricName,
    statistic: string,
    window: { from: number; until: number; periodSeconds: number },
  ) => [number, number][];
}

/**
 * Keeps metrics in memory, in intervals like those of CloudWatch, but for a shorter time: of 10 s for 2 hours, of 60 s for
 * a day. Sums, counts and maxima are exact, percentiles to 2 %.
 */
export function createMetricStore(): MetricStore {
  const levels = [FINE, COARSE].map((level) => ({
    ...level,
    series: new Map<string, Map<number, Interval>>(),
  }));
  const nameOf = ({ name, dimensions }: MetricName) =>
    JSON.stringify([name, Object.entries(dimensions).toSorted(([a], [b]) => (a < b ? -1 : 1))]);

  return {
    add(metric, values, atMs) {
      const key = nameOf(metric);
      for (const { seconds, keptSeconds, series } of levels) {
        const intervals = series.get(key) ?? new Map<number, Interval>();
        series.set(key, intervals);
        const start = startOf(atMs / 1_000, seconds);
        const interval = intervals.get(start) ?? emptyInterval();
        if (!intervals.has(start)) forgetBefore(intervals, start - keptSeconds);
        intervals.set(start, interval);
        for (const value of values) addValue(interval, value);
      }
    },
    read(metric, statistic, { from, until, periodSeconds }) {
      const level = levels.findLast(({ seconds }) => periodSeconds % seconds === 0);
      if (!level) throw new RangeError(`ask for intervals of ${FINE.seconds} s or multiples`);
      const merged = new Map<number, Interval>();
      for (const [start, interval] of level.series.get(nameOf(metric)) ?? []) {
        if (start < from || start >= until) continue;
        const into = startOf(start, periodSeconds);
        merged.set(into, merge(merged.get(into) ?? emptyInterval(), interval));
      }
      return [...merged]
        .toSorted(([a], [b]) => a - b)
        .map(([start, interval]) => [start, statisticOf(interval, statistic)]);
    },
  };
}

function startOf(seconds: number, periodSeconds: number): number {
  return Math.floor(seconds / periodSeconds) * periodSeconds;
}

function emptyInterval(): Interval {
  return { count: 0, sum: 0, largest: -Infinity, buckets: new Map() };
}

/** Intervals are added in order, except after the clock was set back; some are then removed later than they could be. */
function forgetBefore(intervals: Map<number, Interval>, seconds: number): void {
  for (const start of intervals.keys()) {
    if (start >= seconds) return;
    intervals.delete(start);
  }
}

function addValue(interval: Interval, value: number): void {
  interval.count += 1;
  interval.sum += value;
  interval.largest = Math.max(interval.largest, value);
  const bucket = Math.round(Math.log(Math.max(value, SMALLEST)) / BUCKET_WIDTH);
  interval.buckets.set(bucket, (interval.buckets.get(bucket) ?? 0) + 1);
}

function merge(into: Interval, { count, sum, largest, buckets }: Interval): Interval {
  for (const [bucket, values] of buckets)
    into.buckets.set(bucket, (into.buckets.get(bucket) ?? 0) + values);
  into.count += count;
  into.sum += sum;
  into.largest = Math.max(into.largest, largest);
  return into;
}

function statisticOf(interval: Interval, statistic: string): number {
  const [, percent] = /^p(\d+(?:\.\d+)?)$/.exec(statistic) ?? [];
  if (percent !== undefined) return percentile(interval, Number(percent));
  const simple: Record<string, number> = {
    Sum: interval.sum,
    SampleCount: interval.count,
    Maximum: interval.largest,
    Average: interval.sum / interval.count,
  };
  const value = simple[statistic];
  if (value === undefined) throw new RangeError(`no statistic ${statistic}`);
  return value;
}

/** Value of the nearest rank, as the middle of its bucket. */
function percentile({ count, largest, buckets }: Interval, percent: number): number {
  const rank = Math.max(1, Math.ceil((percent / 100) * count));
  let seen = 0;
  for (const [bucket, values] of [...buckets].toSorted(([a], [b]) => a - b)) {
    seen += values;
    if (seen >= rank) return Math.min(largest, Math.exp(bucket * BUCKET_WIDTH));
  }
  return largest;
}

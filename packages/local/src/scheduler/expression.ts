/** The next time a schedule is due after a moment, both in epoch milliseconds. */
export type NextRun = (afterMs: number) => number;

const UNITS_MS: Readonly<Record<string, number>> = {
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
};

/** Whole periods from a start. */
export function everyFrom(startMs: number, periodMs: number): NextRun {
  return (afterMs) => startMs + (Math.floor((afterMs - startMs) / periodMs) + 1) * periodMs;
}

/**
 * Parses `rate(5 minutes)`, counted from `startMs`; throws for any other text, also for EventBridge's `cron(…)` and
 * `at(…)`, which no schedule here uses. Source:
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
 */
export function parseSchedule(expression: string, startMs: number): NextRun {
  const [, amount = "", unit = ""] =
    /^rate\(([1-9]\d*) (minute|hour|day)s?\)$/.exec(expression) ?? [];
  const periodMs = Number(amount) * (UNITS_MS[unit] ?? 0);
  if (periodMs > 0) return everyFrom(startMs, periodMs);
  throw new Error(
    `the local scheduler does not take "${expression}": write rate(5 minutes), a whole number above zero and minutes, hours or days`,
  );
}

import { Cron } from "croner";

/** The next time a schedule is due after a moment, both in epoch milliseconds; undefined when there is none left. */
export type NextRun = (afterMs: number) => number | undefined;

const UNITS_MS: Readonly<Record<string, number>> = {
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
};
const YEARS = { first: 1970, last: 2199 };

/**
 * Reads `rate(5 minutes)`, `cron(0 10 ? * MON-FRI *)` or `at(2026-12-24T18:00:00)`, all in UTC, as EventBridge does;
 * throws when it would refuse the expression. A rate counts from `startMs`.
 * Source: https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
 */
export function parseSchedule(expression: string, startMs: number): NextRun {
  const [, kind = "", text = ""] = /^(rate|cron|at)\((.*)\)$/.exec(expression) ?? [];
  const parse = kinds[kind];
  if (parse === undefined) {
    throw refuse(
      expression,
      "write rate(5 minutes), cron(0 10 * * ? *) or at(2026-12-24T18:00:00)",
    );
  }
  return parse(text, expression, startMs);
}

type Parse = (text: string, expression: string, startMs: number) => NextRun;

const kinds: Readonly<Record<string, Parse>> = {
  rate(text, expression, startMs) {
    const [, amount, unit = ""] = /^([1-9]\d*) (minute|hour|day)s?$/.exec(text) ?? [];
    const periodMs = Number(amount) * (UNITS_MS[unit] ?? Number.NaN);
    if (Number.isNaN(periodMs)) {
      throw refuse(expression, "write a whole number above zero and minutes, hours or days");
    }
    return (afterMs) => startMs + (Math.floor((afterMs - startMs) / periodMs) + 1) * periodMs;
  },

  cron(text, expression) {
    const fields = text.trim().split(/\s+/);
    const [minute = "", hour = "", day = "", month = "", weekday = "", year] = fields;
    if (fields.length !== 6 || year === undefined) {
      throw refuse(
        expression,
        `give six fields (minutes hours day-of-month month day-of-week year), not ${fields.length}`,
      );
    }
    if ((day === "?") === (weekday === "?")) {
      throw refuse(expression, "put ? in day-of-month or in day-of-week, and not in both");
    }
    const years = year.match(/\d{3,}/g)?.map(Number) ?? [];
    if (years.some((value) => value < YEARS.first || value > YEARS.last)) {
      throw refuse(expression, `keep the year between ${YEARS.first} and ${YEARS.last}`);
    }
    // croner's dialect: seconds first, * for "any", and no L of its own for the week's last day.
    const lastDay = weekday === "L" ? "7" : weekday;
    const pattern = ["0", minute, hour, day, month, lastDay, year].map(anyAsStar).join(" ");
    const cron = cronOf(pattern, expression);
    return (afterMs) => cron.nextRun(new Date(afterMs))?.getTime();
  },

  at(text, expression) {
    const isTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(text);
    const dueMs = isTime ? Date.parse(`${text}Z`) : Number.NaN;
    if (Number.isNaN(dueMs))
      throw refuse(expression, "write the time as 2026-12-24T18:00:00 (UTC)");
    return (afterMs) => (dueMs > afterMs ? dueMs : undefined);
  },
};

function anyAsStar(field: string): string {
  return field === "?" ? "*" : field;
}

function cronOf(pattern: string, expression: string): Cron {
  try {
    return new Cron(pattern, {
      mode: "7-part",
      timezone: "UTC",
      paused: true,
      alternativeWeekdays: true, // 1 is Sunday, as EventBridge counts
      sloppyRanges: true, // 5/20 is "every 20, from 5"
    });
  } catch (error) {
    throw refuse(expression, error instanceof Error ? error.message : String(error));
  }
}

function refuse(expression: string, advice: string): Error {
  return new Error(`EventBridge would not take the schedule "${expression}": ${advice}`);
}

import { parseSchedule } from "@algoitny/local/scheduler/expression";
import { describe, expect, test } from "vitest";

/** A Sunday. */
const START_MS = Date.parse("2026-11-22T12:00:00Z");

/** The next three runs from the start on, to the minute. */
function runs(expression: string): string[] {
  const nextRun = parseSchedule(expression, START_MS);
  const times: number[] = [];
  for (let time = nextRun(START_MS); time !== undefined && times.length < 3; time = nextRun(time)) {
    times.push(time);
  }
  return times.map((time) => new Date(time).toISOString().slice(0, 16));
}

describe("a schedule's runs", () => {
  test.each<[string, string[]]>([
    ["rate(5 minutes)", ["2026-11-22T12:05", "2026-11-22T12:10", "2026-11-22T12:15"]],
    ["rate(1 hour)", ["2026-11-22T13:00", "2026-11-22T14:00", "2026-11-22T15:00"]],
    ["rate(2 days)", ["2026-11-24T12:00", "2026-11-26T12:00", "2026-11-28T12:00"]],
    ["cron(0 10 * * ? *)", ["2026-11-23T10:00", "2026-11-24T10:00", "2026-11-25T10:00"]],
    ["cron(5/20 * * * ? *)", ["2026-11-22T12:05", "2026-11-22T12:25", "2026-11-22T12:45"]],
    ["cron(0 18 ? * MON-FRI *)", ["2026-11-23T18:00", "2026-11-24T18:00", "2026-11-25T18:00"]],
    ["cron(0 18 ? * 1 *)", ["2026-11-22T18:00", "2026-11-29T18:00", "2026-12-06T18:00"]],
    ["cron(0 18 ? * L *)", ["2026-11-28T18:00", "2026-12-05T18:00", "2026-12-12T18:00"]],
    ["cron(0 18 ? * 6L *)", ["2026-11-27T18:00", "2026-12-25T18:00", "2027-01-29T18:00"]],
    ["cron(0 18 ? * 3#2 *)", ["2026-12-08T18:00", "2027-01-12T18:00", "2027-02-09T18:00"]],
    ["cron(0 0 L * ? *)", ["2026-11-30T00:00", "2026-12-31T00:00", "2027-01-31T00:00"]],
    ["cron(0 0 3W * ? *)", ["2026-12-03T00:00", "2027-01-04T00:00", "2027-02-03T00:00"]],
    [
      "cron(0 0 1 JAN,JUL ? 2027-2028)",
      ["2027-01-01T00:00", "2027-07-01T00:00", "2028-01-01T00:00"],
    ],
    ["cron(0 0 1 1 ? 2025)", []],
    ["at(2026-12-24T18:00:00)", ["2026-12-24T18:00"]],
    ["at(2026-01-01T00:00:00)", []],
  ])("of %s are when EventBridge would run it", (expression, expected) => {
    expect(runs(expression)).toEqual(expected);
  });

  test("of a rate stay on its own beat however late one is looked for", () => {
    expect(parseSchedule("rate(5 minutes)", START_MS)(START_MS + 12 * 60_000)).toBe(
      START_MS + 15 * 60_000,
    );
  });
});

describe("an expression that EventBridge would refuse", () => {
  test.each([
    ["every 5 minutes", "write rate(5 minutes)"],
    ["rate(0 minutes)", "whole number above zero"],
    ["rate(5 seconds)", "minutes, hours or days"],
    ["cron(0 10 * * *)", "six fields (minutes hours day-of-month month day-of-week year), not 5"],
    ["cron(0 10 * * * *)", "put ? in day-of-month or in day-of-week"],
    ["cron(0 10 ? * ? *)", "and not in both"],
    ["cron(60 10 * * ? *)", "60"],
    ["cron(0 10 * FOO ? *)", "FOO"],
    ["cron(0 10 * * ? 2200)", "keep the year between 1970 and 2199"],
    ["at(2026-12-24)", "write the time as 2026-12-24T18:00:00"],
    ["at(2026-13-40T00:00:00)", "write the time as"],
  ])("is refused, saying what to write: %s", (expression, advice) => {
    expect(() => parseSchedule(expression, START_MS)).toThrow(advice);
    expect(() => parseSchedule(expression, START_MS)).toThrow(`"${expression}"`);
  });
});

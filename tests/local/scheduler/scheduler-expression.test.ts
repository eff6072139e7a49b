import { parseSchedule } from "@algoitny/local/scheduler/expression";
import { describe, expect, test } from "vitest";

/** A Sunday. */
const START_MS = Date.parse("2026-11-22T12:00:00Z");

/** The first three runs after the start, to the minute. */
function runs(expression: string): string[] {
  const nextRun = parseSchedule(expression, START_MS);
  const times = [nextRun(START_MS)];
  while (times.length < 3) times.push(nextRun(times.at(-1) ?? START_MS));
  return times.map((time) => new Date(time).toISOString().slice(0, 16));
}

describe("a schedule's runs", () => {
  test.each<[string, string[]]>([
    ["rate(5 minutes)", ["2026-11-22T12:05", "2026-11-22T12:10", "2026-11-22T12:15"]],
    ["rate(1 hour)", ["2026-11-22T13:00", "2026-11-22T14:00", "2026-11-22T15:00"]],
    ["rate(2 days)", ["2026-11-24T12:00", "2026-11-26T12:00", "2026-11-28T12:00"]],
  ])("of %s are when EventBridge would run it", (expression, expected) => {
    expect(runs(expression)).toEqual(expected);
  });

  test("of a rate keep their times, however late the next one is computed", () => {
    expect(parseSchedule("rate(5 minutes)", START_MS)(START_MS + 12 * 60_000)).toBe(
      START_MS + 15 * 60_000,
    );
  });
});

test.each([
  "every 5 minutes",
  "rate(0 minutes)",
  "rate(05 minutes)",
  "rate(5 seconds)",
  "cron(0 10 * * ? *)",
  "at(2026-12-24T18:00:00)",
])("an expression that is not a rate is refused with an example: %s", (expression) => {
  expect(() => parseSchedule(expression, START_MS)).toThrow(
    `the local scheduler does not take "${expression}": write rate(5 minutes)`,
  );
});

import { expect, test } from "vitest";
import { createThrottle } from "@algoitny/local/api-gateway/gateway-throttle";

test("a route allows its burst at once, then its rate", () => {
  let nowMs = 0;
  const passes = createThrottle({ ratePerSecond: 10, burst: 2 }, () => nowMs);
  expect([passes("a"), passes("a"), passes("a")]).toEqual([true, true, false]);

  nowMs = 99;
  expect(passes("a")).toBe(false);
  nowMs = 200;
  expect([passes("a"), passes("a"), passes("a")]).toEqual([true, true, false]);
});

test("a quiet hour saves up no more than one burst", () => {
  let nowMs = 0;
  const passes = createThrottle({ ratePerSecond: 10, burst: 1 }, () => nowMs);
  expect(passes("a")).toBe(true);
  nowMs = 3_600_000;
  expect([passes("a"), passes("a")]).toEqual([true, false]);
});

test("routes do not share a bucket", () => {
  const passes = createThrottle({ ratePerSecond: 1, burst: 1 }, () => 0);
  expect([passes("a"), passes("b"), passes("a")]).toEqual([true, true, false]);
});

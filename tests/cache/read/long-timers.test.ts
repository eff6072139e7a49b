import { expect, test, vi } from "vitest";
import { sleepInSteps } from "../../../packages/cache/src/clock.ts";

const DAY_MS = 86_400_000;
const LIMIT_MS = 2 ** 31 - 1;

test("a sleep that is too long for one timer takes several", async () => {
  const timer = vi.fn(async (_ms: number) => undefined);
  await sleepInSteps(60 * DAY_MS, undefined, timer);
  const steps = timer.mock.calls.map(([ms]) => ms);
  expect(steps).toEqual([LIMIT_MS, LIMIT_MS, 60 * DAY_MS - 2 * LIMIT_MS]);
});

test("one that is aborted ends with its step", async () => {
  const controller = new AbortController();
  const timer = vi.fn(async () => controller.abort());
  await sleepInSteps(60 * DAY_MS, controller.signal, timer);
  expect(timer).toHaveBeenCalledTimes(1);
});

test("a sleep of no time takes one", async () => {
  const timer = vi.fn(async (_ms: number) => undefined);
  await sleepInSteps(0, undefined, timer);
  expect(timer.mock.calls.map(([ms]) => ms)).toEqual([0]);
});

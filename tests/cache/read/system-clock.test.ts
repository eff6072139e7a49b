import { expect, test } from "vitest";
import { systemClock, withDeadline } from "../../../packages/cache/src/clock.ts";

test("the system's clock ends a sleep at once when its signal is aborted, before or during the sleep", async () => {
  await systemClock.sleep(600_000, AbortSignal.abort());
  const alarm = new AbortController();
  const asleep = systemClock.sleep(600_000, alarm.signal);
  alarm.abort();
  expect(await asleep).toBeUndefined();
});

test("neither a deadline nor a sleep of the system's clock leaves a timer behind", async () => {
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
  const before = timers();
  const late = () => new Error("late");
  expect(await withDeadline(systemClock, 600_000, Promise.resolve(1), late)).toBe(1);
  expect(timers()).toBe(before);
  const failing = Promise.reject(new Error("broken"));
  await expect(withDeadline(systemClock, 600_000, failing, late)).rejects.toThrow("broken");
  expect(timers()).toBe(before);
  const alarm = new AbortController();
  const asleep = systemClock.sleep(600_000, alarm.signal);
  alarm.abort();
  await asleep;
  expect(timers()).toBe(before);
});

test("a deadline aborts the sleep of its clock when the work has ended, also if that clock is not the system's", async () => {
  const signals: AbortSignal[] = [];
  const sleep = (_ms: number, signal?: AbortSignal) => {
    if (signal) signals.push(signal);
    return new Promise<void>((resolve) => signal?.addEventListener("abort", () => resolve()));
  };
  const late = () => new Error("late");
  const clock = { ...systemClock, sleep };
  expect(await withDeadline(clock, 600_000, Promise.resolve(1), late)).toBe(1);
  expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
});

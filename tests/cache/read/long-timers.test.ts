import { expect, test } from "vitest";
import { systemClock, withDeadline } from "../../../packages/cache/src/clock.ts";

const DAY_MS = 86_400_000;

test("a time limit that is too long for a timer counts as no limit, where a timer would end at once", async () => {
  const work = new Promise<string>((resolve) => setImmediate(() => resolve("done")));
  const late = () => new Error("late");
  expect(await withDeadline(systemClock, 60 * DAY_MS, work, late)).toBe("done");
});

test("a sleep that is too long for a timer lasts until it is aborted", async () => {
  const controller = new AbortController();
  let isOver = false;
  const sleep = systemClock.sleep(60 * DAY_MS, controller.signal).then(() => (isOver = true));
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(isOver).toBe(false);
  controller.abort();
  await sleep;
});

import type { Invoke } from "@algoitny/local/invoke";
import { startScheduler, type Schedule } from "@algoitny/local/scheduler/start-scheduler";
import { expect, test, vi } from "vitest";

const MINUTE_MS = 60_000;
const warm = { file: "schedule/warm", rate: "rate(5 minutes)", event: { plan: "all" } };

/** A scheduler over a clock that a test moves; sleepers wake when their time has come. */
function setup(schedules: Record<string, Schedule>, invoke: Invoke) {
  let nowMs = Date.parse("2026-11-22T12:00:00Z");
  let sleepers: { dueMs: number; wake: () => void }[] = [];
  const log: string[] = [];
  const scheduler = startScheduler({
    schedules,
    invoke,
    now: () => nowMs,
    sleep: (ms, signal) =>
      new Promise((wake) => {
        sleepers.push({ dueMs: nowMs + ms, wake });
        signal.addEventListener("abort", () => wake());
      }),
    log: (line) => log.push(line),
  });
  const advance = async (ms: number): Promise<void> => {
    for (const end = nowMs + ms; nowMs < end;) {
      nowMs = Math.min(end, ...sleepers.map(({ dueMs }) => dueMs));
      const due = sleepers.filter(({ dueMs }) => dueMs <= nowMs);
      sleepers = sleepers.filter(({ dueMs }) => dueMs > nowMs);
      for (const { wake } of due) wake();
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  return { scheduler, advance, log };
}

test("a schedule runs its handler with its event each time it is due, and not before", async () => {
  const invoke = vi.fn<Invoke>(() => Promise.resolve());
  const { scheduler, advance } = setup({ Warm: warm }, invoke);
  await advance(5 * MINUTE_MS - 1);
  expect(invoke).not.toHaveBeenCalled();
  await advance(1);
  expect(invoke).toHaveBeenCalledExactlyOnceWith("schedule/warm", { plan: "all" });
  await advance(60 * MINUTE_MS);
  expect(invoke).toHaveBeenCalledTimes(13);
  await scheduler.close();
});

test("a run is skipped while the previous one goes on", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const invoke = vi.fn<Invoke>(() => promise);
  const { scheduler, advance } = setup({ Warm: warm }, invoke);
  await advance(22 * MINUTE_MS);
  expect(invoke).toHaveBeenCalledTimes(1);
  resolve();
  await advance(MINUTE_MS);
  expect(invoke).toHaveBeenCalledTimes(1);
  await advance(2 * MINUTE_MS);
  expect(invoke).toHaveBeenCalledTimes(2);
  await scheduler.close();
});

test("a failed run is logged, and the next one takes place", async () => {
  const invoke = vi.fn<Invoke>(() => Promise.reject(new Error("no cache")));
  const { scheduler, advance, log } = setup({ Warm: warm }, invoke);
  await advance(10 * MINUTE_MS);
  expect(invoke).toHaveBeenCalledTimes(2);
  expect(log).toEqual(["Warm failed: no cache", "Warm failed: no cache"]);
  await scheduler.close();
});

test("firing by hand runs at once, with the schedule's event or another, and returns the handler's result", async () => {
  const invoke = vi.fn<Invoke>((_file, event) => Promise.resolve({ warmed: event }));
  const { scheduler } = setup({ Warm: warm }, invoke);
  expect(await scheduler.fire("Warm")).toEqual({ warmed: { plan: "all" } });
  expect(await scheduler.fire("Warm", { users: ["a"] })).toEqual({ warmed: { users: ["a"] } });
  await scheduler.close();
});

test("firing by hand passes the handler's error on, and lists the schedules for an unknown name", async () => {
  const { scheduler } = setup({ Warm: warm }, () => Promise.reject(new Error("no cache")));
  await expect(scheduler.fire("Warm")).rejects.toThrow("no cache");
  await expect(scheduler.fire("Cool")).rejects.toThrow("no schedule Cool: there are Warm");
  await scheduler.close();
});

test("closing waits for the run in progress and starts no other", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const invoke = vi.fn<Invoke>(() => promise);
  const { scheduler, advance } = setup({ Warm: warm }, invoke);
  await advance(5 * MINUTE_MS);
  let isClosed = false;
  const closed = scheduler.close().then(() => (isClosed = true));
  await new Promise((done) => setImmediate(done));
  expect(isClosed).toBe(false);
  resolve();
  await closed;
  await advance(60 * MINUTE_MS);
  expect(invoke).toHaveBeenCalledTimes(1);
});

test("an invalid expression is refused at the start", () => {
  expect(() => setup({ Warm: { ...warm, rate: "hourly" } }, () => Promise.resolve())).toThrow(
    '"hourly"',
  );
});

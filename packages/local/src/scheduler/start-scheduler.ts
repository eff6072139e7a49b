import { setTimeout as timer } from "node:timers/promises";
import type { Invoke } from "../invoke.ts";
import { everyFrom, parseSchedule, type NextRun } from "./expression.ts";

/** Scheduled invocation of a function. */
export interface Schedule {
  /** Handler under `packages/functions/src`, without its file ending. */
  file: string;
  /** `rate(…)`. */
  rate: string;
  /** Interval in ms that replaces the rate, for runs more frequent than EventBridge allows. */
  periodMs?: number | undefined;
  event: unknown;
}

export interface SchedulerOptions {
  schedules: Readonly<Record<string, Schedule>>;
  invoke: Invoke;
  now?: (() => number) | undefined;
  /** Ends early, without an error, when the signal aborts. */
  sleep?: ((ms: number, signal: AbortSignal) => Promise<void>) | undefined;
  log?: ((line: string) => void) | undefined;
}

export interface Scheduler {
  /** Runs one schedule's handler now, with its own event or the given one; returns or throws like the handler. */
  fire(name: string, event?: unknown): Promise<unknown>;
  /** Stops the clock and waits for the handlers that it runs, not for those of `fire`. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Timers take at most 24 days, and a laptop's sleep stops them: check the clock at least every hour. */
const LONGEST_SLEEP_MS = 3_600_000;

/**
 * Starts every schedule; throws for an expression that `parseSchedule` refuses. The first run is one period from now.
 */
export function startScheduler(options: SchedulerOptions): Scheduler {
  const { schedules, invoke, now = Date.now, sleep = pause, log = () => {} } = options;
  const startMs = now();
  const stop = new AbortController();

  async function fire(name: string, event?: unknown): Promise<unknown> {
    const schedule = schedules[name];
    if (schedule === undefined) {
      throw new Error(`no schedule ${name}: there are ${Object.keys(schedules).join(", ")}`);
    }
    return await invoke(schedule.file, event ?? schedule.event);
  }

  /** One run at a time: a run that is due during another one is skipped. */
  async function follow(name: string, nextRun: NextRun): Promise<void> {
    let due = nextRun(startMs);
    for (;;) {
      while (now() < due && !stop.signal.aborted) {
        await sleep(Math.min(due - now(), LONGEST_SLEEP_MS), stop.signal);
      }
      if (stop.signal.aborted) return;
      try {
        await fire(name);
      } catch (error) {
        log(`${name} failed: ${error instanceof Error ? error.message : String(error)}`);
      }
      due = nextRun(Math.max(due, now()));
    }
  }

  const parsed = Object.entries(schedules).map(
    ([name, { rate, periodMs }]) =>
      [name, periodMs ? everyFrom(startMs, periodMs) : parseSchedule(rate, startMs)] as const,
  );
  const running = parsed.map(([name, nextRun]) => follow(name, nextRun));

  async function close(): Promise<void> {
    stop.abort();
    await Promise.all(running);
  }

  return { fire, close, [Symbol.asyncDispose]: close };
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await timer(ms, undefined, { signal }).catch(() => {});
}

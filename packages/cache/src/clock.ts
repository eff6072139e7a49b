import { setTimeout as delay } from "node:timers/promises";

/** Time as the cache sees it; tests pass a virtual one. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Milliseconds that only grow, whoever sets the clock: `performance.now()`. */
  monotonic(): number;
  /** Resolves after `ms`, or at once when `signal` is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Longest time that a timer takes, in ms; it ends a longer one at once. */
const TIMER_LIMIT_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: Date.now,
  monotonic: () => performance.now(),
  sleep: sleepInSteps,
};

/** Sleeps for any length of time; `timer` is what sleeps for one that a timer takes. */
export async function sleepInSteps(
  ms: number,
  signal?: AbortSignal,
  timer: (
    ms: number,
    value: undefined,
    options: { signal?: AbortSignal | undefined },
  ) => Promise<unknown> = delay,
): Promise<void> {
  for (let leftMs = ms; leftMs >= 0; leftMs -= TIMER_LIMIT_MS) {
    if (signal?.aborted) return;
    const stepMs = Math.min(leftMs, TIMER_LIMIT_MS);
    await timer(stepMs, undefined, { signal }).catch(() => undefined);
  }
}

/** Settles as `work` does, or rejects with `onTimeout()` when `ms` have passed first. The timer never outlives the call. */
export async function withDeadline<T>(
  clock: Clock,
  ms: number,
  work: Promise<T>,
  onTimeout: () => Error,
): Promise<T> {
  if (ms === Infinity) return work;
  const timer = new AbortController();
  const timeout = clock.sleep(Math.max(0, ms), timer.signal).then(() => {
    if (timer.signal.aborted) return work;
    throw onTimeout();
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    // A reason of its own: without one, each call would build an exception with its stack.
    timer.abort("settled");
    timeout.catch(() => undefined);
  }
}

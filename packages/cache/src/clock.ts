import { setTimeout as delay } from "node:timers/promises";

/** Time as the cache sees it; tests pass a virtual one. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Milliseconds that only grow, whoever sets the clock: `performance.now()`. */
  monotonic(): number;
  /** Resolves after `ms`, 24 days at most, or at once when `signal` is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Longest time that a timer takes, in ms; it ends a longer one at once. */
const TIMER_LIMIT_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: Date.now,
  monotonic: () => performance.now(),
  sleep: async (ms, signal) =>
    delay(Math.min(ms, TIMER_LIMIT_MS), undefined, { signal }).catch(() => undefined),
};

/** Settles as `work` does, or rejects with `onTimeout()` when `ms` have passed first; over 24 days count as no limit. The timer never outlives the call. */
export async function withDeadline<T>(
  clock: Clock,
  ms: number,
  work: Promise<T>,
  onTimeout: () => Error,
): Promise<T> {
  if (ms > TIMER_LIMIT_MS) return work;
  const timer = new AbortController();
  const timeout = clock.sleep(Math.max(0, ms), timer.signal).then(() => {
    if (timer.signal.aborted) return work;
    throw onTimeout();
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    // The reason is a text: without one, each call would build an exception with its stack.
    timer.abort("settled");
    timeout.catch(() => undefined);
  }
}

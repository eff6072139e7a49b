import { setTimeout as delay } from "node:timers/promises";

/** Time as the cache sees it; tests pass a virtual one. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Resolves after `ms`, or at once when `signal` is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: Date.now,
  sleep: (ms, signal) =>
    delay(ms, undefined, { ref: true, ...(signal && { signal }) }).catch(() => undefined),
};

/** Settles as `work` does, or rejects with `onTimeout()` when `ms` have passed first. The timer never outlives the call. */
export async function withDeadline<T>(
  clock: Clock,
  ms: number,
  work: Promise<T>,
  onTimeout: () => Error,
): Promise<T> {
  if (ms === Number.POSITIVE_INFINITY) return work;
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

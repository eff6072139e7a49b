/** Time as the cache sees it; tests pass a virtual one. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Monotonic milliseconds, unaffected by changes of the system clock: `performance.now()`. */
  monotonic(): number;
  /** Resolves after `ms`, 24.8 days at most, or at once when `signal` is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Longest delay of a Node timer, in ms; a longer one fires at once. */
const TIMER_LIMIT_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: Date.now,
  monotonic: () => performance.now(),
  // Does not use Node's promise-based timer, which builds an exception with a stack for every abort.
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, Math.min(ms, TIMER_LIMIT_MS));
      const wake = () => resolve(clearTimeout(timer));
      if (signal?.aborted) wake();
      else signal?.addEventListener("abort", wake);
    }),
};

/**
 * Settles as `work` does, or rejects with `onTimeout()` if `ms` pass first. `ms` is 0 or more; above 24.8 days there is no
 * limit. The timer never outlives the call.
 */
export function withDeadline<T>(
  clock: Clock,
  ms: number,
  work: Promise<T>,
  onTimeout: () => Error,
): Promise<T> {
  if (ms > TIMER_LIMIT_MS) return work;
  return new Promise((resolve, reject) => {
    const stop = startTimer(clock, ms, () => reject(onTimeout()));
    const settle =
      <Result>(settled: (result: Result) => void) =>
      (result: Result) => {
        stop();
        settled(result);
      };
    work.then(settle(resolve), settle(reject));
  });
}

/** Runs `end` after `ms`, unless the function that it returns is called first. */
function startTimer(clock: Clock, ms: number, end: () => void): () => void {
  if (clock === systemClock) {
    // An AbortSignal and its event would cost a hit more time than judging its entry does.
    const timer = setTimeout(end, ms);
    return () => clearTimeout(timer);
  }
  const stopped = new AbortController();
  void clock.sleep(ms, stopped.signal).then(() => stopped.signal.aborted || end());
  return () => stopped.abort();
}

/** Reserve of a request's remaining time, so that an answer can still be written: 100 ms. */
const RESERVE_MS = 100;

/** Time that one read may still use. */
export interface Budget {
  /** Milliseconds left; Infinity without a limit. */
  leftMs(): number;
}

/**
 * Budget of a read. `remainingMs` returns the time left to the whole request: `() =>
 * context.getRemainingTimeInMillis()` in a Lambda function.
 */
export function budgetOf(remainingMs: (() => number) | undefined): Budget {
  return {
    leftMs: () => (remainingMs ? Math.max(0, remainingMs() - RESERVE_MS) : Infinity),
  };
}

/** Kept back from what is left of a request, so that an answer can still be written: 100 ms. */
const RESERVE_MS = 100;

/** How much time one read may still use. */
export interface Budget {
  /** Milliseconds left; Infinity without a limit. */
  leftMs(): number;
}

/** `remainingMs` tells what is left of the whole request: `() => context.getRemainingTimeInMillis()` in a Lambda function. */
export function budgetOf(remainingMs: (() => number) | undefined): Budget {
  return {
    leftMs: () => (remainingMs ? Math.max(0, remainingMs() - RESERVE_MS) : Infinity),
  };
}

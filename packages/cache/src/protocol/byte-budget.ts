/** Length of a budget's window, which starts with the first entry: 60 s. */
export const BUDGET_WINDOW_MS = 60_000;

/**
 * Longest lifetime of an entry beyond its budget: 10 s. None is refused: otherwise a flood would disable the cache for
 * all.
 */
export const OVER_BUDGET_MS = 10_000;

/** Length of a budget's period, from its first entry on. */
export const BUDGET_WINDOW_MS = 60_000;

/** Lifetime of an entry beyond its budget: nothing is refused, because otherwise a flood would disable the cache for all. */
export const OVER_BUDGET_MS = 10_000;

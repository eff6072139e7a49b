/** Time in which a budget is spent, from its first entry on. */
export const BUDGET_WINDOW_MS = 60_000;

/** Lifetime of an entry that is beyond its budget: nothing is refused, or a flood would switch the cache off for all. */
export const OVER_BUDGET_MS = 10_000;

/** Times after which an entry that differs from the origin and is still valid counts as stale, in ms. */
export const WINDOWS_MS = [10_000, 60_000, 300_000] as const;

/**
 * Result of a check of a hit. `agrees`: the entry equals the origin's value. `overtaken`: the entry is no longer stored
 * or fresh, which proves nothing about the hit. `suspect`: it differs, but its invalidation may be on its way. `stale`:
 * no invalidation came.
 */
export type Verdict = "agrees" | "overtaken" | "suspect" | "stale";

export interface Judgement {
  readonly verdict: Verdict;
  /** For `stale`: the longest window that has passed without an invalidation, in ms; otherwise 0. */
  readonly windowMs: number;
  /** Delay until the next look, in ms; null if the check is complete. */
  readonly againMs: number | null;
}

/**
 * Judges an entry that was served. It is current while it is still stored and fresh, and all of its stamps are those
 * from before its load: then nothing has invalidated it, so a difference from the origin means that the invalidation of
 * a change is late or missing.
 */
export function verdictOf({
  isCurrent,
  isSame,
  sinceMs,
}: {
  isCurrent: boolean;
  isSame: boolean;
  /** Time since the origin was first seen to differ, in ms. */
  sinceMs: number;
}): Judgement {
  if (!isCurrent) return { verdict: "overtaken", windowMs: 0, againMs: null };
  if (isSame) return { verdict: "agrees", windowMs: 0, againMs: null };
  const windowMs = WINDOWS_MS.findLast((ms) => sinceMs >= ms) ?? 0;
  const next = WINDOWS_MS.find((ms) => sinceMs < ms);
  const againMs = next === undefined ? null : next - sinceMs;
  return { verdict: windowMs > 0 ? "stale" : "suspect", windowMs, againMs };
}

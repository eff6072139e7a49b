/**
 * Times for which an entry must stay valid although the origin differs, until it counts as stale, and as stale for
 * longer, in ms.
 */
export const WINDOWS_MS = [10_000, 60_000, 300_000] as const;

/**
 * Result of a check of a hit. `agrees`: the origin has the entry's value. `overtaken`: the entry is no longer valid,
 * which proves nothing about the hit. `suspect`: it differs, but its invalidation may be on its way. `stale`: none
 * came.
 */
export type Verdict = "agrees" | "overtaken" | "suspect" | "stale";

export interface Judgement {
  readonly verdict: Verdict;
  /** Of `stale`: the longest of the windows in which no invalidation came, in ms; else 0. */
  readonly windowMs: number;
  /** Delay until the next look, in ms; null when there is nothing more to find out. */
  readonly againMs: number | null;
}

/**
 * Judges an entry that was served. It is current while it is still in its place and all of its stamps are as they were before
 * its load: then nothing has invalidated it since, so what the origin said meanwhile was changed without that.
 */
export function verdictOf({
  isCurrent,
  isSame,
  sinceMs,
}: {
  isCurrent: boolean;
  isSame: boolean;
  /** Time since the origin was seen to differ, in ms. */
  sinceMs: number;
}): Judgement {
  if (!isCurrent) return { verdict: "overtaken", windowMs: 0, againMs: null };
  if (isSame) return { verdict: "agrees", windowMs: 0, againMs: null };
  const windowMs = WINDOWS_MS.findLast((ms) => sinceMs >= ms) ?? 0;
  const next = WINDOWS_MS.find((ms) => sinceMs < ms);
  const againMs = next === undefined ? null : next - sinceMs;
  return { verdict: windowMs > 0 ? "stale" : "suspect", windowMs, againMs };
}

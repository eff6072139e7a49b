import type { Entry } from "./entry.ts";
import type { EntryKeys } from "./key-names.ts";
import { hardPart } from "./stamp.ts";

/** Why there is nothing to serve. */
export type MissReason = "absent" | "corrupt" | "fingerprint" | "invalidated" | "expired";

/** What an entry is good for: anything, to be served while it is refreshed, only when its load fails, or nothing. */
export type Verdict =
  | { state: "fresh" }
  | { state: "stale" }
  | { state: "fallback" }
  | { state: "miss"; reason: MissReason };

/**
 * Whether an entry of some age survives the bump of a tag. The age is below zero when this machine's clock is behind the
 * one that made the entry: then nothing is tolerated.
 */
export function tolerates(toleranceMs: number, ageMs: number): boolean {
  return ageMs >= 0 && ageMs < toleranceMs;
}

/** Decides what an entry is good for, from itself, the stamps read in the same request and the time. */
export function judge(
  entry: Entry,
  stamps: readonly (string | null)[],
  { keys, fingerprint, nowMs }: { keys: EntryKeys; fingerprint: string; nowMs: number },
): Verdict {
  const { header } = entry;
  if (header.fingerprint !== fingerprint) return { state: "miss", reason: "fingerprint" };
  const ageMs = nowMs - header.createdMs;
  let expired = false;
  for (const [index, toleranceMs] of keys.toleranceMs.entries()) {
    const [seen, now] = [header.stamps[index], stamps[index]];
    if (seen === undefined) return { state: "miss", reason: "invalidated" };
    // It survives whatever happened to the stamp since, also what removed it.
    if (seen === now || tolerates(toleranceMs, ageMs)) continue;
    // A stamp that is gone was invalidated, evicted or lost: it never means "unchanged".
    if (now === null || now === undefined) return { state: "miss", reason: "invalidated" };
    if (hardPart(seen) !== hardPart(now)) return { state: "miss", reason: "invalidated" };
    expired = true;
  }
  const mayBeStale = header.staleUntilMs > header.freshUntilMs;
  if (nowMs < header.freshUntilMs && !expired) return { state: "fresh" };
  if (nowMs < header.staleUntilMs && mayBeStale) return { state: "stale" };
  if (nowMs < header.errorUntilMs && header.errorUntilMs > header.freshUntilMs)
    return { state: "fallback" };
  return { state: "miss", reason: "expired" };
}

import type { Entry } from "./entry.ts";
import type { Place } from "./keyspace.ts";
import type { Owed } from "./owed.ts";
import type { AnyResource } from "./resource.ts";
import { hardPart, stampedAtMs } from "./stamp.ts";

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
  { place, fingerprint, nowMs }: { place: Place; fingerprint: string; nowMs: number },
): Verdict {
  const { header } = entry;
  if (header.fingerprint !== fingerprint) return { state: "miss", reason: "fingerprint" };
  const ageMs = nowMs - header.createdMs;
  let expired = false;
  for (const [index, toleranceMs] of place.toleranceMs.entries()) {
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

/** How long a load that may have seen old data is trusted while an invalidation is younger than the settling window: 1 s. */
const SETTLING_FRESH_MS = 1_000;

/**
 * How long a value is fresh and may be stale. An invalidation removes a stamp, and the next load's lease makes another one:
 * while that is younger than the settling window, an eventually consistent load may have missed what was invalidated, so
 * its value is only lent for a moment.
 */
export function lifetime(
  resource: AnyResource,
  { found, stamps, loadStartMs, settlingMs, random }: LifetimeInput,
): { freshMs: number; staleMs: number; errorMs: number } {
  const settling =
    resource.consistency === "eventual" &&
    // A stamp of unknown age counts as new.
    stamps.some((stamp) => !(loadStartMs - stampedAtMs(stamp) >= settlingMs));
  if (settling) return { freshMs: SETTLING_FRESH_MS, staleMs: 0, errorMs: 0 };
  if (!found) return { freshMs: resource.negativeMs, staleMs: 0, errorMs: 0 };
  const freshMs = Math.round(resource.freshMs * (1 + resource.jitter * (2 * random - 1)));
  return { freshMs, staleMs: resource.staleMs, errorMs: resource.staleIfErrorMs };
}

export interface LifetimeInput {
  found: boolean;
  stamps: readonly string[];
  loadStartMs: number;
  settlingMs: number;
  random: number;
}

/**
 * Whether a fresh entry is refreshed already now, so that a fleet does not find it expired all at once: the nearer its
 * end and the dearer its load, the likelier. XFetch: Vattani, Chierichetti, Lowenstein 2015, with β = 1.
 */
export function refreshesEarly({ header }: Entry, nowMs: number, random: number): boolean {
  return nowMs - header.loadMs * Math.log(random || Number.MIN_VALUE) >= header.freshUntilMs;
}

/**
 * Whether a read may take the result of a load that it did not start: only when it began before the point up to which
 * the result is known to be current. A read that began later could have been preceded by an invalidation.
 */
export function mayShare(readTick: number, asOfTick: number): boolean {
  return readTick < asOfTick;
}

/** Whether an entry must not be looked at before an invalidation that failed in this process has been made up for. */
export function owes(owed: Owed, place: Place): boolean {
  return owed.covers(place);
}

/** The protocol's decisions; the model test replaces them one by one to show that each is needed. */
export const PROTOCOL = { judge, lifetime, refreshesEarly, mayShare, owes };

export type Policy = typeof PROTOCOL;

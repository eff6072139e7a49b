import type { AnyResource } from "../resource.ts";

/**
 * Lifetime of a value whose load may have seen old data, because an invalidation is younger than the settling window.
 */
const SETTLING_FRESH_MS = 1_000;

/**
 * Lifetimes of a value. An invalidation removes a stamp, and the next load's lease creates another one: while that is
 * younger than the settling window, an eventually consistent load may have missed the change, so its value lives for a
 * moment only.
 */
export function lifetime(
  resource: AnyResource,
  { found, stamps, grantedMs, settlingMs, random }: LifetimeInput,
): { freshMs: number; staleMs: number; errorMs: number } {
  const settling =
    resource.consistency === "eventual" &&
    // A stamp that is unknown, or whose age is unknown, counts as new.
    stamps.some((stamp) => !(grantedMs - stampedAtMs(stamp) >= settlingMs));
  if (settling) return { freshMs: SETTLING_FRESH_MS, staleMs: 0, errorMs: 0 };
  if (!found) return { freshMs: resource.negativeMs, staleMs: 0, errorMs: 0 };
  const freshMs = Math.round(resource.freshMs * (1 + resource.jitter * (2 * random - 1)));
  return { freshMs, staleMs: resource.staleMs, errorMs: resource.staleIfErrorMs };
}

export interface LifetimeInput {
  found: boolean;
  /** An empty stamp is unknown. */
  stamps: readonly string[];
  /** The store's time before the load, in ms, from the clock that also made the stamps; NaN if unknown. */
  grantedMs: number;
  settlingMs: number;
  random: number;
}

/** Creation time of the youngest part of a stamp, in ms since the epoch; NaN if it is not a stamp. */
function stampedAtMs(stamp: string): number {
  return Math.max(...stamp.split("~").map((part) => Number(/\.(\d+)$/.exec(part)?.[1])));
}

import type { AnyResource } from "../resource.ts";

/** Lifetime of a load that may have seen old data, while an invalidation is younger than the settling window: 1 s. */
const SETTLING_FRESH_MS = 1_000;

/**
 * Fresh and stale lifetimes of a value. An invalidation removes a stamp, and the next load's lease makes another one:
 * while that is younger than the settling window, an eventually consistent load may have missed the change, so
 * its value is only lent for a moment.
 */
export function lifetime(
  resource: AnyResource,
  { found, stamps, grantedMs, settlingMs, random }: LifetimeInput,
): { freshMs: number; staleMs: number; errorMs: number } {
  const settling =
    resource.consistency === "eventual" &&
    // A stamp that is not known, or whose age is not, counts as new.
    stamps.some((stamp) => !(grantedMs - stampedAtMs(stamp) >= settlingMs));
  if (settling) return { freshMs: SETTLING_FRESH_MS, staleMs: 0, errorMs: 0 };
  if (!found) return { freshMs: resource.negativeMs, staleMs: 0, errorMs: 0 };
  const freshMs = Math.round(resource.freshMs * (1 + resource.jitter * (2 * random - 1)));
  return { freshMs, staleMs: resource.staleMs, errorMs: resource.staleIfErrorMs };
}

export interface LifetimeInput {
  found: boolean;
  /** An empty one is not known. */
  stamps: readonly string[];
  /** The store's time before the load, in ms, by which it made the stamps as well; NaN without a lease. */
  grantedMs: number;
  settlingMs: number;
  random: number;
}

/** Creation time of the youngest part of a stamp, in ms since the epoch; NaN for what is none. */
function stampedAtMs(stamp: string): number {
  return Math.max(...stamp.split("~").map((part) => Number(/\.(\d+)$/.exec(part)?.[1])));
}

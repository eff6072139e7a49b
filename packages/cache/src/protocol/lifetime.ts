import type { AnyResource } from "../resource.ts";
import type { Entry } from "./entry.ts";
import { stampedAtMs } from "./stamp.ts";

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
 * An entry whose times are no longer than the resource now allows: a lifetime that was shortened binds what is stored
 * already, too.
 */
export function boundLifetime(
  entry: Entry,
  { freshMs, negativeMs, jitter, staleMs, staleIfErrorMs }: AnyResource,
): Entry {
  const { header } = entry;
  const longestMs = header.status === 404 ? negativeMs : freshMs * (1 + jitter);
  const latestMs = Math.ceil(header.createdMs + header.loadMs + longestMs);
  const freshUntilMs = Math.min(header.freshUntilMs, latestMs);
  const staleUntilMs = Math.min(header.staleUntilMs, freshUntilMs + staleMs);
  const errorUntilMs = Math.min(header.errorUntilMs, freshUntilMs + staleIfErrorMs);
  const isAsStored =
    freshUntilMs === header.freshUntilMs &&
    staleUntilMs === header.staleUntilMs &&
    errorUntilMs === header.errorUntilMs;
  if (isAsStored) return entry;
  return { ...entry, header: { ...header, freshUntilMs, staleUntilMs, errorUntilMs } };
}

import type { Entry } from "../protocol/entry.ts";
import type { ReadStatus } from "../engine/served.ts";

/** The part of a `CacheEntry` from which a response is made. */
export interface HttpReading {
  readonly status: ReadStatus;
  readonly detail?: string | undefined;
  readonly stored: boolean;
  readonly collapsed: boolean;
  readonly entry: Entry;
  readonly tags?: readonly string[];
  readonly whole?: () => Promise<HttpReading>;
}

/** A stale entry is a hit unless a load was tried first (RFC 9211 §2.1: a hit was not forwarded). */
const TRIED_TO_LOAD: ReadonlySet<string | undefined> = new Set(["load-failed", "soft-timeout"]);

/** Whole seconds since the entry's `createdMs`; 0 if the clock of the machine that loaded it is ahead. */
export function ageSeconds({ header }: Entry, nowMs: number): number {
  return Math.max(0, Math.floor((nowMs - header.createdMs) / 1_000));
}

/** A Cache-Status member (RFC 9211) for one read; the entry's key is never in it. */
export function cacheStatus(name: string, reading: HttpReading, nowMs: number): string {
  const { status, detail, stored, collapsed } = reading;
  const hit = status === "hit" || (status === "stale" && !TRIED_TO_LOAD.has(detail));
  const kept = status === "hit" || status === "stale" || stored;
  return [
    item(name),
    hit ? "hit" : `fwd=${status}`,
    stored && "stored",
    !hit && collapsed && "collapsed",
    kept && `ttl=${ttlSeconds(reading, nowMs)}`,
    detail !== undefined && `detail=${item(detail)}`,
  ]
    .filter((part) => part !== false)
    .join("; ");
}

/** A Cache-Status member for a response that is not from the cache; `method`: the request's method asks for a change. */
export function forwardStatus(
  name: string,
  forwarded: ReadStatus | "method",
  detail: string,
): string {
  return `${item(name)}; fwd=${forwarded}; detail=${item(detail)}`;
}

/**
 * Age and ttl add up to the lifetime in whole seconds, except that a stale entry's ttl is always negative, even if it
 * became stale early, and any other entry's is at least 0.
 */
function ttlSeconds({ status, entry }: HttpReading, nowMs: number): number {
  const { createdMs, freshUntilMs } = entry.header;
  const ttl = Math.floor((freshUntilMs - createdMs) / 1_000) - ageSeconds(entry, nowMs);
  return status === "stale" ? Math.min(ttl, -1) : Math.max(ttl, 0);
}

/** A structured-field token, or a string where the text is not a token (RFC 9651 §3.3). */
function item(text: string): string {
  if (/^[A-Za-z*][\w!#$%&'*+.^`|~:/-]*$/.test(text)) return text;
  return `"${text.replace(/[^\x20-\x7e]/g, "?").replace(/["\\]/g, "\\$&")}"`;
}

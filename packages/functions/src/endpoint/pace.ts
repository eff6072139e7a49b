import { HttpError } from "./http-error.ts";

/** Requests of one person to one route, per instance of its function; a walk over all keys begins with a burst. */
const RATE_PER_SECOND = 5;
const BURST = 50;

/** Number of people remembered at a time; one more, and all are forgotten. */
const MOST_PEOPLE = 1_000;

/**
 * Makes a check with a token bucket for each verified subject; the check throws a 429 above the limit. The gateway's
 * throttle could not do this, because it does not distinguish callers: with so low a limit, a flood of requests
 * without a token would lock the operators out.
 */
export function createPace(now: () => number = Date.now): (sub: string) => void {
  const buckets = new Map<string, { tokens: number; atMs: number }>();
  return (sub) => {
    const atMs = now();
    const bucket = buckets.get(sub) ?? { tokens: BURST, atMs };
    const refilled = bucket.tokens + ((atMs - bucket.atMs) / 1_000) * RATE_PER_SECOND;
    const tokens = Math.min(BURST, refilled) - 1;
    if (tokens < 0) {
      const message = `at most ${RATE_PER_SECOND} requests a second for each operator`;
      throw new HttpError(429, message, { headers: { "retry-after": "1" } });
    }
    if (buckets.size >= MOST_PEOPLE) buckets.clear();
    buckets.set(sub, { tokens, atMs });
  };
}

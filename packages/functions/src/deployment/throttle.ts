/** A token bucket that all callers of one route share: API Gateway answers 429 when it is empty. */
export interface Throttle {
  ratePerSecond: number;
  burst: number;
}

/** Classes of routes. A page that polls two paths every 5 s asks 0.4 times a second: reads leave room for 5,000 of them. */
const throttles = {
  read: { ratePerSecond: 2_000, burst: 4_000 },
  write: { ratePerSecond: 200, burst: 400 },
  /** Operations walk over the whole cache: an admin's click, not a load. */
  operations: { ratePerSecond: 5, burst: 10 },
} as const satisfies Record<string, Throttle>;

/** Paths that no route matches: enough for typing errors, little for a scanner. */
export const THROTTLE_DEFAULT: Throttle = { ratePerSecond: 50, burst: 100 };

/** Throttle of a route key, in either spelling and with HEAD too. A preflight counts as a read. */
export function throttleOf(key: string): Throttle {
  if (key.includes(" /api/ops/")) return throttles.operations;
  return /^(?:GET|HEAD|OPTIONS) /.test(key) ? throttles.read : throttles.write;
}

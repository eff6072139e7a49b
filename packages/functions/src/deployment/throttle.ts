/** A token bucket that all callers of one route share: API Gateway answers 429 when it is empty. */
export interface Throttle {
  ratePerSecond: number;
  burst: number;
}

/** Classes of routes. A page that polls two paths every 5 s asks 0.4 times a second: reads leave room for 5,000 of them. */
const throttles = {
  read: { ratePerSecond: 2_000, burst: 4_000 },
  write: { ratePerSecond: 200, burst: 400 },
  /** Users' executions: a contest's 2,000 a second, by the usual spelling of the path. */
  executions: { ratePerSecond: 2_250, burst: 4_500 },
  /**
   * High enough that requests without a token, which the authorizer refuses after this, cannot use it up. Each operator has
   * 5 a second in the handler (endpoint/pace.ts), and functions that walk over the cache have two instances.
   */
  operations: { ratePerSecond: 560, burst: 1_120 },
} as const satisfies Record<string, Throttle>;

/** Paths that no route matches: enough for typing errors, little for a scanner. */
export const THROTTLE_DEFAULT: Throttle = { ratePerSecond: 50, burst: 100 };

/**
 * Shares of an endpoint's throttle. API Gateway gives each route key a bucket of its own, and an endpoint has up to four: two
 * spellings of its path, each with HEAD. Together they have what the class says.
 */
const SHARES = { head: 0.05, otherSpelling: 0.1 } as const;

/** Throttle of a route key: its part of the endpoint's. A preflight counts as a read. */
export function throttleOf(key: string): Throttle {
  const { ratePerSecond, burst } = classOf(key);
  const share = shareOf(key);
  return { ratePerSecond: Math.ceil(ratePerSecond * share), burst: Math.ceil(burst * share) };
}

function shareOf(key: string): number {
  if (key.startsWith("OPTIONS ")) return 1;
  if (key.startsWith("HEAD ")) return SHARES.head;
  const isRead = key.startsWith("GET ");
  // The documents write the slash at the end; files have none.
  const isUsual = key.endsWith("/") || /\.\w+$/.test(key) || key.endsWith("/ops/token");
  if (!isUsual) return SHARES.otherSpelling;
  return 1 - SHARES.otherSpelling - (isRead ? 2 * SHARES.head : 0);
}

function classOf(key: string): Throttle {
  if (key.includes(" /api/ops/") || key.endsWith(" /ops/token")) return throttles.operations;
  if (/^POST \/api\/history\/?$/.test(key)) return throttles.executions;
  // Most documents that are sent by POST are reads too; what writes is refused by the table's own limits.
  if (key.includes(" /api/graphql")) return throttles.read;
  return /^(?:GET|HEAD|OPTIONS) /.test(key) ? throttles.read : throttles.write;
}

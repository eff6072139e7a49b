/** A token bucket that all callers of one route share: API Gateway answers 429 when it is empty. */
export interface Throttle {
  ratePerSecond: number;
  burst: number;
}

/**
 * Classes of routes. A page that polls two paths of one endpoint every 5 s sends 0.4 requests a second: the usual
 * spelling's share of the limit of reads, 1,600 a second, is enough for 4,000 pages.
 */
const throttles = {
  read: { ratePerSecond: 2_000, burst: 4_000 },
  write: { ratePerSecond: 200, burst: 400 },
  /**
   * Executions: the usual spelling of the path has 90 % of the limit (`SHARES`), enough for a contest's 2,000 a
   * second.
   */
  executions: { ratePerSecond: 2_250, burst: 4_500 },
  /**
   * High, because the gateway also counts requests without a token, before its authorizer refuses them: a few of
   * these must not lock the operators out. The high limit does no harm: each instance allows an operator 5 requests a
   * second (endpoint/pace.ts), and functions that walk over the cache have at most two instances.
   */
  operations: { ratePerSecond: 560, burst: 1_120 },
} as const satisfies Record<string, Throttle>;

/** Paths that no route matches: enough for mistyped paths, too little for a scanner. */
export const THROTTLE_DEFAULT: Throttle = { ratePerSecond: 50, burst: 100 };

/**
 * Shares of an endpoint's throttle. API Gateway gives each route key a separate bucket, and an endpoint has up to four:
 * two spellings of its path, each with HEAD. Together they have at most the limit of the class; only `openapi.json` has
 * more, because both of its spellings count as usual.
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
  // The documented paths end in a slash or a file's name; the files and the token's path under /ops/ have one spelling.
  const isUsual = /(?:\/|\.\w+|\/\{file\}|\/ops\/token)$/.test(key);
  if (!isUsual) return SHARES.otherSpelling;
  return 1 - SHARES.otherSpelling - (isRead ? 2 * SHARES.head : 0);
}

function classOf(key: string): Throttle {
  if (key.includes(" /api/ops/") || key.endsWith(" /ops/token")) return throttles.operations;
  if (/^POST \/api\/history\/?$/.test(key)) return throttles.executions;
  // Most GraphQL documents that are sent by POST are reads too; the table's own quotas limit the writes.
  if (key.includes(" /api/graphql")) return throttles.read;
  return /^(?:GET|HEAD|OPTIONS) /.test(key) ? throttles.read : throttles.write;
}

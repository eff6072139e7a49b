/** Limits of a token bucket: an HTTP API throttles each route by its own bucket. */
export interface ThrottleConfig {
  ratePerSecond: number;
  burst: number;
}

/**
 * Default throttle of an AWS account in a region.
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
 */
export const ACCOUNT_THROTTLE: ThrottleConfig = { ratePerSecond: 10_000, burst: 5_000 };

/**
 * Creates a check that decides whether one more request of a route may pass; `limits` are those of a route without its own.
 */
export function createThrottle(
  limits: ThrottleConfig,
  nowMs: () => number = () => performance.now(),
): (routeKey: string, own?: ThrottleConfig) => boolean {
  const buckets = new Map<string, { tokens: number; atMs: number }>();

  return (routeKey, { ratePerSecond, burst } = limits) => {
    const atMs = nowMs();
    const bucket = buckets.get(routeKey) ?? { tokens: burst, atMs };
    const refilled = bucket.tokens + ((atMs - bucket.atMs) / 1000) * ratePerSecond;
    const tokens = Math.min(burst, refilled);
    const passes = tokens >= 1;
    buckets.set(routeKey, { tokens: passes ? tokens - 1 : tokens, atMs });
    return passes;
  };
}

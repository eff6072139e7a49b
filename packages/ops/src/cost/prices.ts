/**
 * Prices in US dollars, us-east-1 and Upstash's pay-as-you-go plan, as listed in November 2026.
 * Sources: https://aws.amazon.com/api-gateway/pricing/, https://aws.amazon.com/lambda/pricing/ (arm64),
 * https://aws.amazon.com/dynamodb/pricing/on-demand/, https://aws.amazon.com/cloudwatch/pricing/, https://upstash.com/pricing/redis
 */
export const prices = {
  gatewayRequest: 1 / 1e6,
  lambdaRequest: 0.2 / 1e6,
  lambdaGbSecond: 0.000_013_333_4,
  /** 4 KB, strongly consistent. */
  readUnit: 0.125 / 1e6,
  redisCommand: 2 / 1e6,
  logGb: 0.5,
  metricMonth: 0.3,
  alarmMonth: 0.1,
  dashboardMonth: 3,
} as const;

/**
 * Read units of a load on average: one read in five is a list, for which all 4,637 problems' heads are read (1.4 MB,
 * docs/decisions/0001-one-table.md); the others are single things with their test cases.
 */
const READ_UNITS = Math.round(0.2 * 335 + 0.8 * 5);

/** What one request takes. Commands are asserted in tests; times are what a container is billed for, without its start. */
export const work = {
  hit: { commands: 1, ms: 10 },
  /** Look, ask for the lease, store. */
  miss: { commands: 3, ms: 60 },
  /** Straight from the database. */
  uncached: { ms: 40 },
  memoryGb: 1,
  /** A line of the gateway's access log and one of metrics. */
  logBytes: 900,
  readUnits: READ_UNITS,
} as const;

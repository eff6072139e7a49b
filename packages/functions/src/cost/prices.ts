/**
 * Prices in US dollars that are the same in every region below, and those of Upstash's pay-as-you-go plan, as listed in
 * November 2026.
 * Sources, also of `regions`: https://aws.amazon.com/api-gateway/pricing/, https://aws.amazon.com/lambda/pricing/ (arm64),
 * https://aws.amazon.com/dynamodb/pricing/on-demand/, https://aws.amazon.com/cloudwatch/pricing/, https://upstash.com/pricing/redis
 */
const prices = {
  lambdaRequest: 0.2 / 1e6,
  lambdaGbSecond: 0.000_013_333_4,
  redisCommand: 2 / 1e6,
  metricMonth: 0.3,
  /** An alarm is billed by each metric that it names. */
  alarmMetricMonth: 0.1,
  dashboardMonth: 3,
} as const;

/**
 * HTTP API, a million requests; DynamoDB, a million read units (4 KB, strongly consistent); CloudWatch Logs, a GB
 * ingested. The prices of Frankfurt, Tokyo and Seoul agree with quotations of AWS's Price List API of 2026; the API itself
 * was not queried.
 */
const regions = {
  "us-east-1": { gateway: 1, readUnits: 0.125, logGb: 0.5 },
  "us-east-2": { gateway: 1, readUnits: 0.125, logGb: 0.5 },
  "us-west-2": { gateway: 1, readUnits: 0.125, logGb: 0.5 },
  "eu-west-1": { gateway: 1.11, readUnits: 0.1415, logGb: 0.57 },
  "eu-central-1": { gateway: 1.2, readUnits: 0.1525, logGb: 0.63 },
  "ap-northeast-1": { gateway: 1.29, readUnits: 0.1425, logGb: 0.76 },
  "ap-northeast-2": { gateway: 1.23, readUnits: 0.1355, logGb: 0.76 },
} as const;

/** A region whose prices are known here. */
export type Region = keyof typeof regions;
export const REGIONS = Object.keys(regions) as Region[];

export type Prices = ReturnType<typeof pricesIn>;

export function pricesIn(region: Region) {
  const { gateway, readUnits, logGb } = regions[region];
  const readUnit = readUnits / 1e6;
  // The ratio of us-east-1, where the page says $0.625 a million.
  const writeUnit = 5 * readUnit;
  return { ...prices, gatewayRequest: gateway / 1e6, readUnit, writeUnit, logGb };
}

/**
 * Limits per second: commands of one pay-as-you-go database at Upstash, units of a table by its default quota, units of
 * one partition. Sources: https://upstash.com/docs/redis/troubleshooting/max_requests_limit,
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html
 */
export const limits = {
  redisCommands: 10_000,
  tableUnits: 40_000,
  partitionReadUnits: 3_000,
  partitionWriteUnits: 1_000,
} as const;

/**
 * Read units of a load on average: one load in five is a list that finds a segment changed, which takes 84 units at any
 * number of problems (measured, docs/scale.md; without a change it takes none); the others, of 5 units, are single
 * problems or executions with their test cases.
 */
const READ_UNITS = Math.round(0.2 * 84 + 0.8 * 5);

/**
 * Work of one request, of one invalidation and of one beat. Tests assert the commands; times are those that a container
 * is billed for, without its start.
 */
export const work = {
  /** A look by a script: one command, or two with the one inside the script. */
  hit: { commands: 1, commandsInside: 2, ms: 10 },
  /**
   * Look, lease, commit. With the commands inside scripts: for an entry of two tags, one of whose stamps is missing after
   * its invalidation.
   */
  miss: { commands: 3, commandsInside: 14, ms: 60 },
  /** Any number of tags, in one request. */
  invalidation: { commands: 1 },
  /** Straight from the database. */
  uncached: { ms: 40 },
  /**
   * Two readings of the seen probes, then the beat itself; a miss, an invalidation and a look for the recorded probe.
   * Each shard's batch, `batchMs` long, adds a command that is not counted here.
   */
  beat: { commands: 8, ms: 1_000, batchMs: 10, batchMemoryGb: 0.5 },
  memoryGb: 1,
  /** A line of the gateway's access log and one of metrics. */
  logBytes: 900,
  readUnits: READ_UNITS,
} as const;

import { pricesIn, type Region, work } from "./prices.ts";

export interface CostQuestion {
  region: Region;
  requests: number;
  /** Share of requests answered from the cache, 0 to 1. */
  hit: number;
  /** DynamoDB read units that a miss takes. */
  readUnits: number;
}

/** US dollars, by cost item. */
export interface Bill {
  gateway: number;
  lambdaRequests: number;
  lambdaTime: number;
  redis: number;
  database: number;
  logs: number;
  total: number;
}

export interface CostAnswer extends CostQuestion {
  /** Redis commands, if Upstash bills a script as one command. */
  commands: number;
  /** The same if Upstash also bills the commands inside scripts, as it counts those of its rate limiter. */
  inside: { commands: number; redis: number };
  gbSeconds: number;
  cached: Bill;
  uncached: Bill;
  /** Read units of a load above which the cache costs less than it saves. */
  paysFromReadUnits: number;
}

/** Cost of the given number of reads, with the cache and without it. */
export function costOf(question: CostQuestion): CostAnswer {
  const { region, requests, hit, readUnits } = question;
  const prices = pricesIn(region);
  const hits = requests * hit;
  const misses = requests - hits;
  const commands = hits * work.hit.commands + misses * work.miss.commands;
  const commandsInside = hits * work.hit.commandsInside + misses * work.miss.commandsInside;
  const gbSeconds = ((hits * work.hit.ms + misses * work.miss.ms) / 1_000) * work.memoryGb;
  const gbSecondsUncached = ((requests * work.uncached.ms) / 1_000) * work.memoryGb;
  const bill = (usage: { gbSeconds: number; commands: number; readUnits: number }): Bill => {
    const parts = {
      gateway: requests * prices.gatewayRequest,
      lambdaRequests: requests * prices.lambdaRequest,
      lambdaTime: usage.gbSeconds * prices.lambdaGbSecond,
      redis: usage.commands * prices.redisCommand,
      database: usage.readUnits * prices.readUnit,
      logs: ((requests * work.logBytes) / 1e9) * prices.logGb,
    };
    return { ...parts, total: Object.values(parts).reduce((sum, part) => sum + part, 0) };
  };
  const cached = bill({ gbSeconds, commands, readUnits: misses * readUnits });
  const uncached = bill({
    gbSeconds: gbSecondsUncached,
    commands: 0,
    readUnits: requests * readUnits,
  });
  const extra = cached.redis + cached.lambdaTime - uncached.lambdaTime;
  const paysFromReadUnits = hits === 0 ? Infinity : Math.max(0, extra / (hits * prices.readUnit));
  const inside = { commands: commandsInside, redis: commandsInside * prices.redisCommand };
  return { ...question, commands, inside, gbSeconds, cached, uncached, paysFromReadUnits };
}

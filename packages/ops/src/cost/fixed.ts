import { timetable } from "@algoitny/core/timetable";
import { queues } from "@algoitny/functions/deployment/queues";
import { routes } from "@algoitny/functions/deployment/routes";
import { SHARDS, subscriptions } from "@algoitny/functions/deployment/subscriptions";
import { metrics } from "@algoitny/functions/telemetry/metrics";
import { PROBES } from "@algoitny/functions/deployment/schedules";
import { type Prices, pricesIn, type Region, work } from "@algoitny/functions/cost/prices";

/** Metrics that normally have values, of an average endpoint and of a plan. */
const METRICS_OF_ENDPOINT = 4;
const METRICS_OF_PLAN = 6;

/** Metrics that alarms name, of an endpoint, of a plan, and of the whole service (stacks/alarms-*.stack.ts). */
const ALARMED_OF_ENDPOINT = 2;
const ALARMED_OF_PLAN = 3;
const ALARMED_OF_SERVICE = 12;

/** Fixed cost of production per month, before the first request, in US dollars. */
export function fixedCosts(region: Region) {
  const prices = pricesIn(region);
  const plans = Object.values(timetable).flatMap(({ plans: names }) => names).length;
  const endpoints = Object.keys(routes).length;
  const counted =
    Object.keys(metrics).length + endpoints * METRICS_OF_ENDPOINT + plans * METRICS_OF_PLAN;
  const alarmed =
    endpoints * ALARMED_OF_ENDPOINT +
    plans * ALARMED_OF_PLAN +
    Object.keys(queues).length +
    Object.keys(subscriptions).length +
    ALARMED_OF_SERVICE;
  return {
    metrics: counted * prices.metricMonth,
    alarms: alarmed * prices.alarmMetricMonth,
    dashboard: prices.dashboardMonth,
    beat: beatCosts(prices),
  };
}

const MINUTES_OF_MONTH = 43_800;

/**
 * Cost per month of one beat each minute, with one batch of probes in each shard; a table with fewer shards has fewer
 * batches.
 */
function beatCosts(prices: Prices): number {
  const { commands, ms, batchMs, batchMemoryGb } = work.beat;
  const gbSeconds = (ms * work.memoryGb + SHARDS * batchMs * batchMemoryGb) / 1_000;
  const invocations = 1 + SHARDS;
  const run =
    (PROBES + 1) * prices.writeUnit +
    (commands + SHARDS) * prices.redisCommand +
    invocations * (prices.lambdaRequest + (work.logBytes / 1e9) * prices.logGb) +
    gbSeconds * prices.lambdaGbSecond;
  return MINUTES_OF_MONTH * run;
}

import { timetable } from "@algoitny/core/timetable";
import { queues } from "@algoitny/functions/deployment/queues";
import { routes } from "@algoitny/functions/deployment/routes";
import { subscriptions } from "@algoitny/functions/deployment/subscriptions";
import { metrics } from "@algoitny/functions/telemetry/metrics";
import { pricesIn, type Region } from "./prices.ts";

/** Metrics that have values in ordinary times, of an endpoint on average and of a plan. */
const METRICS_OF_ENDPOINT = 4;
const METRICS_OF_PLAN = 6;

/** Metrics that alarms name, of an endpoint, of a plan, and of the whole service (stacks/alarms-*.stack.ts). */
const ALARMED_OF_ENDPOINT = 2;
const ALARMED_OF_PLAN = 3;
const ALARMED_OF_SERVICE = 5;

/** What production costs a month before the first request, in US dollars. */
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
  };
}

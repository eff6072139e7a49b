import { timetable } from "@algoitny/core/timetable";
import { queues } from "@algoitny/functions/deployment/queues";
import { routes } from "@algoitny/functions/deployment/routes";
import { subscriptions } from "@algoitny/functions/deployment/subscriptions";
import { metrics } from "@algoitny/functions/telemetry/metrics";
import { prices } from "./prices.ts";

/** Metrics that have values in ordinary times, of an endpoint on average and of a plan. */
const METRICS_OF_ENDPOINT = 4;
const METRICS_OF_PLAN = 6;

/** What production costs a month before the first request, in US dollars. */
export function fixedCosts() {
  const plans = Object.values(timetable).flatMap(({ plans: names }) => names).length;
  const endpoints = Object.keys(routes).length;
  const counted =
    Object.keys(metrics).length + endpoints * METRICS_OF_ENDPOINT + plans * METRICS_OF_PLAN;
  const alarms =
    endpoints * 2 + plans + Object.keys(queues).length + Object.keys(subscriptions).length + 3;
  return {
    metrics: counted * prices.metricMonth,
    alarms: alarms * prices.alarmMonth,
    dashboard: prices.dashboardMonth,
  };
}

import { routes } from "../packages/functions/src/deployment/routes.ts";
import { alarmText } from "../packages/functions/src/findings/finding-texts.ts";
import { alarm } from "./alarm.ts";
import { api } from "./gateway-api.stack.ts";
import { own } from "./metric.ts";
import { componentName } from "./names.ts";

const SLOW_MS = 3_000;

for (const endpoint of Object.keys(routes)) {
  // By the route, because several routes may share a function: `PostApiGraphqlErrors`.
  const named = (fault: string) =>
    componentName(`${endpoint} ${fault}`.toLowerCase().replaceAll(/\W+/g, "-"));
  alarm(named("errors"), {
    description: `${endpoint}: ${alarmText("requests-fail")}`,
    // A function that dies publishes no metric. The alarm GatewayErrors covers that; a metric of Lambda here would cost more,
    // because alarms are billed by their metrics.
    metrics: { answered: own("Errors", "Sum", { endpoint }) },
    above: 5,
    periods: 1,
  });
  alarm(named("slow"), {
    description: `One request in a hundred to ${endpoint} takes longer than ${SLOW_MS} ms.`,
    metrics: { p99: own("DurationMs", "p99", { endpoint }) },
    above: SLOW_MS,
    periods: 3,
  });
}

const gateway = { namespace: "AWS/ApiGateway", metricName: "5xx", stat: "Sum" };
alarm("GatewayErrors", {
  description:
    "The gateway answers with 500 and above: functions fail, do not start, time out or are throttled.",
  metrics: { errors: { ...gateway, dimensions: { ApiId: api.nodes.api.id } } },
  above: 5,
  periods: 1,
});

alarm("HitRateLow", {
  description: alarmText("hit-ratio-low"),
  metrics: {
    hits: own("Hits", "Sum"),
    stale: own("StaleHits", "Sum"),
    misses: own("Misses", "Sum"),
  },
  // With few reads the rate is not significant.
  expression: "IF(SUM([hits, stale, misses]) > 200, 100 * misses / SUM([hits, stale, misses]), 0)",
  above: 50,
  periods: 6,
});

alarm("BreakerOpen", {
  description: alarmText("redis-down"),
  metrics: { openings: own("BreakerOpenings", "Sum") },
  above: 0,
  periods: 1,
});

import { meanings } from "../packages/functions/src/telemetry/metric-meanings.ts";
import {
  type MetricName,
  metrics,
  NAMESPACE,
  SERVICE_METRICS,
  SUBJECTS,
} from "../packages/functions/src/telemetry/metrics.ts";
import { isProduction, serviceName } from "./stage.ts";

/** Size of a graph in CloudWatch's grid of 24 columns: two graphs per row. */
const SIZE = { width: 12, height: 6 } as const;

/** CloudWatch's statistic for the values of a period, by unit. */
const STATISTICS = {
  Count: "Sum",
  Bytes: "Sum",
  Milliseconds: "p99",
  Megabytes: "Maximum",
} as const;

const graph = (title: string, shown: unknown[], index: number) => ({
  type: "metric",
  ...SIZE,
  x: (index % 2) * SIZE.width,
  y: Math.floor(index / 2) * SIZE.height,
  properties: { title, metrics: shown, region: aws.getRegionOutput().region, view: "timeSeries" },
});

/** One line for each endpoint, stream, queue, schedule and plan that has values; CloudWatch searches for them when the dashboard is opened. */
const lines = (metric: MetricName, stat: string) =>
  SUBJECTS.map((subject) => {
    const wanted = `{${NAMESPACE},service,${subject}} service="${serviceName}" MetricName="${metric}"`;
    return [{ expression: `SEARCH('${wanted}', '${stat}', 300)`, label: "" }];
  });

const ofAll = (metric: MetricName, settings: object) => [
  NAMESPACE,
  metric,
  "service",
  serviceName,
  settings,
];

const hitRate = [
  [
    {
      expression: "100 * SUM([hits, stale]) / SUM([hits, stale, misses, bypasses])",
      label: "% cached",
    },
  ],
  ofAll("Hits", { id: "hits", stat: "Sum", visible: false }),
  ofAll("StaleHits", { id: "stale", stat: "Sum", visible: false }),
  ofAll("Misses", { id: "misses", stat: "Sum", visible: false }),
  ofAll("Bypasses", { id: "bypasses", stat: "Sum", visible: false }),
];

const widgets = [
  graph("Hit rate", hitRate, 0),
  ...Object.entries(metrics).map(([name, unit], index) => {
    const stat = STATISTICS[unit];
    const metric = name as MetricName;
    const shown = SERVICE_METRICS.has(metric) ? [ofAll(metric, { stat })] : lines(metric, stat);
    return graph(`${name} (${stat}): ${meanings[metric]}`, shown, index + 1);
  }),
];

/** The hit rate, then every metric that functions publish, in the order of their table. */
export const dashboard =
  isProduction &&
  new aws.cloudwatch.Dashboard("Dashboard", {
    dashboardName: serviceName,
    dashboardBody: $jsonStringify({ widgets }),
  });

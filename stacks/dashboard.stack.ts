import {
  type MetricName,
  metrics,
  NAMESPACE,
  SUBJECTS,
} from "../packages/functions/src/telemetry/metrics.ts";
import { isProduction, serviceName } from "./stage.ts";

/** Of 24 columns: two graphs a row. */
const SIZE = { width: 12, height: 6 } as const;

const graph = (title: string, shown: unknown[], index: number) => ({
  type: "metric",
  ...SIZE,
  x: (index % 2) * SIZE.width,
  y: Math.floor(index / 2) * SIZE.height,
  properties: { title, metrics: shown, region: aws.getRegionOutput().region, view: "timeSeries" },
});

/** A line for every endpoint, stream … that has such values; found when the dashboard is looked at. */
const lines = (metric: MetricName, stat: string) =>
  SUBJECTS.map((subject) => {
    const wanted = `{${NAMESPACE},service,${subject}} service="${serviceName}" MetricName="${metric}"`;
    return [{ expression: `SEARCH('${wanted}', '${stat}', 300)`, label: "" }];
  });

const ofAll = (metric: MetricName, id: string) => [
  NAMESPACE,
  metric,
  "service",
  serviceName,
  { id, stat: "Sum", visible: false },
];

const hitRate = [
  [{ expression: "100 * SUM([hits, stale]) / SUM([hits, stale, misses])", label: "% cached" }],
  ofAll("Hits", "hits"),
  ofAll("StaleHits", "stale"),
  ofAll("Misses", "misses"),
];

const widgets = [
  graph("Hit rate", hitRate, 0),
  ...Object.entries(metrics).map(([name, { unit, meaning }], index) => {
    const stat = unit === "Milliseconds" ? "p99" : "Sum";
    return graph(`${name} (${stat}): ${meaning}`, lines(name as MetricName, stat), index + 1);
  }),
];

/** Every metric that functions emit, in the order of their table, after the hit rate. */
export const dashboard =
  isProduction &&
  new aws.cloudwatch.Dashboard("Dashboard", {
    dashboardName: serviceName,
    dashboardBody: $jsonStringify({ widgets }),
  });

import {
  type ArmDimension,
  type MetricName,
  metrics,
  NAMESPACE,
  SERVICE_METRICS,
  type Subject,
} from "./metrics.ts";

/** Measurements of each metric, in the order in which they were made. */
export type Values = ReadonlyMap<MetricName, readonly number[]>;

/** Highest number of values of a metric that CloudWatch reads from a line: 100. */
const VALUES_PER_LINE = 100;

/**
 * Lines of CloudWatch's embedded metric format: one, unless a metric has more values than a line may carry. Each metric
 * is published for the whole service and, unless it is one of `SERVICE_METRICS`, for the subject as well; those of an
 * experiment's arm only for that arm. Source:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function metricLines(
  values: Values,
  service: string,
  of: Readonly<Partial<Record<Subject | ArmDimension, string>>>,
  nowMs: number,
  facts: Readonly<Record<string, string>> = {},
): string[] {
  const longest = Math.max(0, ...[...values.values()].map(({ length }) => length));
  return Array.from({ length: Math.ceil(longest / VALUES_PER_LINE) }, (_, line) => {
    const from = line * VALUES_PER_LINE;
    const part = [...values]
      .map(([name, all]) => [name, all.slice(from, from + VALUES_PER_LINE)] as const)
      .filter(([, some]) => some.length > 0);
    const directives = directivesOf(
      part.map(([name]) => name),
      Object.keys(of),
    );
    return `${JSON.stringify({
      _aws: { Timestamp: nowMs, CloudWatchMetrics: directives },
      ...facts,
      service,
      ...of,
      ...Object.fromEntries(part.map(([name, some]) => [name, some.length === 1 ? some[0] : some])),
    })}\n`;
  });
}

function directivesOf(names: readonly MetricName[], subjects: readonly string[]) {
  const isOfService = (name: MetricName) => subjects.length === 0 || SERVICE_METRICS.has(name);
  const directive = (dimensions: readonly (readonly string[])[], some: readonly MetricName[]) => ({
    Namespace: NAMESPACE,
    Dimensions: dimensions,
    Metrics: some.map((name) => ({ Name: name, Unit: metrics[name] })),
  });
  if (subjects.includes("experiment")) return [directive([["service", ...subjects]], names)];
  return [
    directive(
      [["service"], ["service", ...subjects]],
      names.filter((name) => !isOfService(name)),
    ),
    directive([["service"]], names.filter(isOfService)),
  ].filter(({ Metrics }) => Metrics.length > 0);
}

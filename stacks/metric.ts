import {
  type MetricName,
  NAMESPACE,
  type Subject,
} from "../packages/functions/src/telemetry/metrics.ts";
import { functionName } from "./names.ts";
import { serviceName } from "./stage.ts";

/** One metric of CloudWatch, with the statistic for the values of a period. */
export interface Metric {
  namespace: string;
  metricName: string;
  stat: string;
  dimensions: Record<string, $util.Input<string>>;
}

/** One of the functions' own metrics, for all functions or for one endpoint, stream, queue, schedule or plan. */
export function own(
  metricName: MetricName,
  stat: string,
  of: Partial<Record<Subject, string>> = {},
): Metric {
  return { namespace: NAMESPACE, metricName, stat, dimensions: { service: serviceName, ...of } };
}

/** One of Lambda's metrics of a function. */
export function lambda(metricName: string, stat: string, file: string): Metric {
  return {
    namespace: "AWS/Lambda",
    metricName,
    stat,
    dimensions: { FunctionName: functionName(file) },
  };
}

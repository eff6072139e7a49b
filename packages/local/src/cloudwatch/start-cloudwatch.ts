import * as z from "zod";
import { AwsServiceError, startAwsJsonServer } from "../aws-json-server.ts";
import type { MetricStore } from "./metric-store.ts";

const GetMetricData = z.object({
  StartTime: z.number(),
  EndTime: z.number(),
  MetricDataQueries: z
    .array(
      z.object({
        Id: z.string(),
        MetricStat: z.object({
          Metric: z.object({
            MetricName: z.string(),
            Dimensions: z.array(z.object({ Name: z.string(), Value: z.string() })),
          }),
          Period: z.int().positive(),
          Stat: z.string(),
        }),
      }),
    )
    .max(500),
});

/**
 * Answers `GetMetricData` as CloudWatch does, from the metrics in functions' log lines, for any namespace and always in
 * ascending order (`ScanBy` is ignored).
 */
export function startCloudWatch(
  store: MetricStore,
): Promise<{ endpoint: string; close(): Promise<void> }> {
  return startAwsJsonServer({
    target: "GraniteServiceVersion20100801",
    errorNamespace: "com.amazonaws.cloudwatch",
    perform(action, body) {
      if (action !== "GetMetricData")
        throw new AwsServiceError(
          "UnsupportedOperation",
          `${action} is not supported: only GetMetricData is`,
        );
      const { data: request, error } = GetMetricData.safeParse(body);
      if (!request) throw new AwsServiceError("InvalidParameterValue", z.prettifyError(error));
      const { StartTime: from, EndTime: until, MetricDataQueries: queries } = request;
      return {
        MetricDataResults: queries.map(({ Id, MetricStat: { Metric, Period, Stat } }) => {
          const dimensions = Metric.Dimensions.map(({ Name, Value }) => [Name, Value]);
          const metric = { name: Metric.MetricName, dimensions: Object.fromEntries(dimensions) };
          const values = store.read(metric, Stat, { from, until, periodSeconds: Period });
          return {
            Id,
            Label: Metric.MetricName,
            Timestamps: values.map(([start]) => start),
            Values: values.map(([, value]) => value),
            StatusCode: "Complete",
          };
        }),
      };
    },
  });
}

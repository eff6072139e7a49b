import * as z from "zod";
import { type AwsEnvironment, createAwsJson } from "../aws-json.ts";
import { NAMESPACE } from "../telemetry/metrics.ts";
import type { Column } from "./columns.ts";

/** One column of the service, of one of its endpoints, or of an experiment's arm. */
export interface MetricQuery extends Column {
  dimensions: Readonly<Record<string, string>>;
}

/** Intervals of `periodSeconds` from `from` up to (not including) `until`; times in seconds since the epoch. */
export interface Window {
  from: number;
  until: number;
  periodSeconds: number;
}

/** Values of each query by the start of their interval, in the queries' order; intervals without values are missing. */
export type GetMetrics = (
  queries: readonly MetricQuery[],
  window: Window,
) => Promise<ReadonlyMap<number, number>[]>;

const Results = z.object({
  MetricDataResults: z.array(
    z.object({ Id: z.string(), Timestamps: z.array(z.number()), Values: z.array(z.number()) }),
  ),
  NextToken: z.string().nullish(),
});

const TIMEOUT_MS = 5_000;

/** Queries per call: AWS accepts 500. */
const QUERIES_PER_CALL = 500;

/**
 * Makes the reader of metrics from CloudWatch, or from the local cloud if `env` has its address. Source:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html
 */
export function createGetMetrics(env: AwsEnvironment = process.env): GetMetrics {
  const target = "GraniteServiceVersion20100801";
  const call = createAwsJson({ service: "monitoring", target, timeoutMs: TIMEOUT_MS }, env);
  const { AWS_REGION: region = "us-east-1", AWS_ENDPOINT_URL_CLOUDWATCH: given } = env;
  const url = given ?? `https://monitoring.${region}.amazonaws.com/`;

  return async (queries, { from, until, periodSeconds }) => {
    const found = queries.map(() => new Map<number, number>());
    for (let first = 0; first < queries.length; first += QUERIES_PER_CALL) {
      let next: string | undefined;
      do {
        const { MetricDataResults: results, NextToken: token } = Results.parse(
          await call(url, "GetMetricData", {
            MetricDataQueries: queries
              .slice(first, first + QUERIES_PER_CALL)
              .map((query, index) => queryOf(query, `q${first + index}`, periodSeconds)),
            StartTime: from,
            EndTime: until,
            ScanBy: "TimestampAscending",
            ...(next !== undefined && { NextToken: next }),
          }),
        );
        for (const { Id, Timestamps, Values } of results) {
          const values = found[Number(Id.slice(1))];
          for (const [index, time] of Timestamps.entries()) values?.set(time, Values[index] ?? 0);
        }
        next = token ?? undefined;
      } while (next !== undefined);
    }
    return found;
  };
}

function queryOf({ metric, statistic, dimensions }: MetricQuery, id: string, period: number) {
  const named = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
  return {
    Id: id,
    MetricStat: {
      Metric: { Namespace: NAMESPACE, MetricName: metric, Dimensions: named },
      Period: period,
      Stat: statistic,
    },
  };
}

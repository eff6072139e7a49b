import { routes } from "../deployment/routes.ts";
import { readMetrics } from "../contract/operation-shapes.ts";
import { ok } from "../endpoint/answer.ts";
import { endpoint } from "../http-runtime.ts";
import { finestSeconds, keptNumbers, numbersNow } from "../metrics/numbers.ts";
import { readEndpoints, readSeries } from "../metrics/series.ts";
import { startOf, windowFrom } from "../metrics/window.ts";

/**
 * Numbers of the whole stage over time, and on request the totals of each endpoint: from the functions' log lines,
 * never from Redis.
 */
export const handler = endpoint("GET /api/ops/metrics/", readMetrics, async ({ query }) =>
  ok(
    await keptNumbers(JSON.stringify(query), async () => {
      const source = numbersNow();
      const nowSeconds = Math.floor(source.nowMs / 1_000);
      const window = windowFrom(startOf(query, nowSeconds), nowSeconds, finestSeconds);
      const series = await readSeries(window, source);
      if (query.by === undefined) return series;
      const endpoints = await readEndpoints(Object.keys(routes), window, source);
      return { ...series, endpoints };
    }),
  ),
);

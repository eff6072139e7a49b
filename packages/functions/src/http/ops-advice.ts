import { adviceFrom } from "../advice/give-advice.ts";
import { routes } from "../deployment/routes.ts";
import { ok } from "../endpoint/answer.ts";
import { pricedRegion } from "../experiments/report-experiment.ts";
import { endpoint } from "../http-runtime.ts";
import { finestSeconds, keptNumbers, numbersNow } from "../metrics/numbers.ts";
import { readEndpoints, readSeries } from "../metrics/series.ts";
import { ranges, windowFrom } from "../metrics/window.ts";

/** Advice on lifetimes from the numbers of the last day, with the money that each may save. Read-only. */
export const handler = endpoint("GET /api/ops/advice/", {}, async () =>
  ok(
    await keptNumbers("advice", async () => {
      const source = numbersNow();
      const nowSeconds = Math.floor(source.nowMs / 1_000);
      const window = windowFrom(nowSeconds - ranges["24h"], nowSeconds, finestSeconds);
      const [series, endpoints] = await Promise.all([
        readSeries(window, source),
        readEndpoints(Object.keys(routes), window, source),
      ]);
      return adviceFrom(series, endpoints, pricedRegion(process.env));
    }),
  ),
);

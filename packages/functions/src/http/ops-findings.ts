import { ok } from "../endpoint/answer.ts";
import { findFaults, windowOfFindings } from "../findings/find-faults.ts";
import { endpoint } from "../http-runtime.ts";
import { finestSeconds, keptNumbers, numbersNow } from "../metrics/numbers.ts";
import { readSeries } from "../metrics/series.ts";

/** Faults that the numbers show now, in sentences; empty while all is well. */
export const handler = endpoint("GET /api/ops/findings/", {}, async () =>
  ok(
    await keptNumbers("findings", async () => {
      const source = numbersNow();
      const nowSeconds = Math.floor(source.nowMs / 1_000);
      const series = await readSeries(windowOfFindings(nowSeconds, finestSeconds), source);
      return { as_of: series.as_of, findings: findFaults(series) };
    }),
  ),
);

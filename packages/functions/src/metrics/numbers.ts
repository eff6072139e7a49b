import { readServiceName } from "../telemetry/observe.ts";
import { createGetMetrics } from "./cloudwatch.ts";
import { createKept } from "./kept.ts";
import type { SeriesSource } from "./series.ts";
import { readFinestSeconds } from "./window.ts";

/** Shortest interval of this stage's metrics. */
export const finestSeconds = readFinestSeconds(process.env);

/** Cache of the answers that are made from metrics, each for half of the shortest interval. */
export const keptNumbers = createKept((finestSeconds * 1_000) / 2);

const getMetrics = createGetMetrics();
const service = readServiceName(process.env);

/** The stage's numbers as of now. */
export function numbersNow(): SeriesSource {
  return { getMetrics, service, nowMs: Date.now() };
}

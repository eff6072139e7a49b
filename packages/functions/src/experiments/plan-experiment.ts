import { toMs } from "@algoitny/cache";
import type { Experiment } from "@algoitny/core/experiment/experiment";
import { STALE, TTL } from "@algoitny/core/ttl";
import { views } from "@algoitny/core/views";
import { work } from "../cost/prices.ts";
import { HttpError } from "../endpoint/http-error.ts";

/** Views that requests read themselves. The catalogue's parts are read for those alone, many at a time. */
export const triedViews = views.filter(({ name }) => name !== "problem_segment");

/** Intervals of the finest metrics in a slot, at least: an hour where they have a minute. */
const LEAST_INTERVALS = 60;

export interface ExperimentRequest {
  view: string;
  ttl_seconds: number;
  read_units?: number | undefined;
}

/**
 * The experiment that a request asks for. Its slots begin at multiples of their length since the epoch; half of one at least is
 * counted, after all that was stored before it has ended.
 */
export function planExperiment(
  { view, ttl_seconds: trial, read_units: readUnits = work.readUnits }: ExperimentRequest,
  { nowMs, finestSeconds }: { nowMs: number; finestSeconds: number },
): Experiment {
  const startedAt = Math.floor(nowMs / 1_000);
  const usual = ownSecondsOf(view);
  if (usual === undefined)
    throw new HttpError(400, `view: there is no view ${view} to try lifetimes on`);
  if (trial === usual)
    throw new HttpError(409, `ttl_seconds: ${view} lives ${usual} s already; try another lifetime`);
  const settling = Math.max(usual, trial) + toMs(STALE) / 1_000;
  const least = LEAST_INTERVALS * finestSeconds;
  return {
    view,
    id: `${view}-${startedAt}`,
    state: "running",
    usual_seconds: usual,
    trial_seconds: trial,
    slot_seconds: least * Math.ceil((2 * settling) / least),
    settling_seconds: settling,
    started_at: startedAt,
    ended_at: null,
    ended_because: null,
    read_units: readUnits,
  };
}

/** The lifetime that a view has without an experiment: a running one does not change it. Undefined for no view to try. */
export function ownSecondsOf(name: string): number | undefined {
  const found = triedViews.find((view) => view.name === name);
  return found && toMs(TTL[found.ttl]) / 1_000;
}

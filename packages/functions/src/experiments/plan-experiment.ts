import { toMs } from "@algoitny/cache";
import type { Experiment } from "@algoitny/core/experiment/experiment";
import { STALE, TTL } from "@algoitny/core/ttl";
import { views } from "@algoitny/core/views";
import { work } from "../cost/prices.ts";
import { HttpError } from "../endpoint/http-error.ts";

/** Views that requests read directly: all but the catalogue's segments, many of which are read to compute one list. */
export const triedViews = views.filter(({ name }) => name !== "problem_segment");

/** Lowest number of the metrics' shortest intervals in a slot: an hour, if these are minutes. */
const LEAST_INTERVALS = 60;

export interface ExperimentRequest {
  view: string;
  ttl_seconds: number;
  read_units?: number | undefined;
}

/**
 * The experiment that a request describes. Its slots begin at multiples of their length since the epoch; at least
 * half of each slot is counted, after all entries stored before the slot have expired.
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
    throw new HttpError(
      409,
      `ttl_seconds: the lifetime of ${view} is ${usual} s already; try another one`,
    );
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

/**
 * The lifetime that a view has without an experiment: a running one does not change it. Undefined for a view that cannot
 * be tried.
 */
export function ownSecondsOf(name: string): number | undefined {
  const found = triedViews.find((view) => view.name === name);
  return found && toMs(TTL[found.ttl]) / 1_000;
}

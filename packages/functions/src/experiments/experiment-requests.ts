import type { Experiment } from "@algoitny/core/experiment/experiment";
import type { ExperimentTable } from "@algoitny/core/experiment/experiment.table";
import { HttpError } from "../endpoint/http-error.ts";
import { finestSeconds, keptNumbers, numbersNow } from "../metrics/numbers.ts";
import type { Log } from "../telemetry/log.ts";
import { type ExperimentRequest, planExperiment } from "./plan-experiment.ts";
import { type ExperimentReport, pricedRegion, reportExperiment } from "./report-experiment.ts";

/** The caller, for the log, and the table's experiments. */
export interface Requested {
  experiments: ExperimentTable;
  by: string;
  log: Log;
}

/** The last experiment of each view on its lifetime, and what each has shown so far. */
export async function listExperiments(experiments: ExperimentTable): Promise<ExperimentReport[]> {
  const stored = await experiments.list();
  const region = pricedRegion(process.env);
  // The numbers are cached for a while, the experiments are not: a started one shows at once.
  const reports = stored.map((experiment) =>
    keptNumbers(JSON.stringify(experiment), () =>
      reportExperiment(experiment, numbersNow(), region),
    ),
  );
  return Promise.all(reports);
}

/** The experiment that a request describes, as it would start now. */
export function plannedNow(request: ExperimentRequest): Experiment {
  return planExperiment(request, { nowMs: Date.now(), finestSeconds });
}

/** Starts an experiment on a view's lifetime. */
export async function startNow(
  experiment: Experiment,
  { experiments, by, log }: Requested,
): Promise<void> {
  await experiments.start(experiment);
  log.info("an experiment on a lifetime was started", { id: experiment.id, by });
}

/**
 * Ends the experiment on a view. A process reads the experiment during loads, once a minute at most. After it has read the
 * end, its loads have the usual lifetime again, its hits no longer count for the experiment, and it limits entries with a
 * longer lifetime to the usual one; a shorter lifetime stays. Throws a 404 if no experiment runs.
 */
export async function stopNow(
  view: string,
  { experiments, by, log }: Requested,
): Promise<Experiment> {
  const found = await experiments.get(view);
  if (!found) throw new HttpError(404, `no experiment on ${view} is running`);
  const ended = await experiments.end(found, "an operator stopped it");
  log.info("an experiment on a lifetime was stopped", { id: ended.id, by });
  return ended;
}

import type { ExperimentTable } from "@algoitny/core/experiment/experiment.table";
import type { SeriesSource } from "../metrics/series.ts";
import { describeError, type Log } from "../telemetry/log.ts";
import { addMetric } from "../telemetry/scope.ts";
import { readSlots } from "./arm-slots.ts";
import { brokenRail } from "./guard-rails.ts";

/**
 * Longest experiment: 14 days, because CloudWatch keeps one-minute numbers for 15 days. A difference that does not show
 * by then does not matter.
 */
const LONGEST_SECONDS = 14 * 86_400;

export interface GuardContext {
  experiments: Pick<ExperimentTable, "list" | "end">;
  source: SeriesSource;
  log: Log;
}

/** Ends experiments that do harm, and those that have run for 14 days. Returns the views of the ended ones. */
export async function guardExperiments({
  experiments,
  source,
  log,
}: GuardContext): Promise<string[]> {
  const running = (await experiments.list()).filter(({ state }) => state === "running");
  const ended: string[] = [];
  for (const experiment of running) {
    const { view, started_at: startedAt } = experiment;
    try {
      const rail = brokenRail(await readSlots(experiment, source));
      const isOld = source.nowMs / 1_000 - startedAt >= LONGEST_SECONDS;
      if (rail === undefined && !isOld) continue;
      await experiments.end(experiment, rail ?? "14 days are over");
      ended.push(view);
      if (rail === undefined) continue;
      addMetric("ExperimentsStopped", 1);
      log.error("an experiment on a lifetime broke a guard rail and was ended", { view, rail });
    } catch (error) {
      addMetric("Errors", 1);
      log.error("an experiment cannot be guarded", { view, error: describeError(error) });
    }
  }
  return ended;
}

import { schedules as table } from "../packages/functions/src/schedules.ts";
import { functionOf } from "./functions.ts";

/** Runs that failed with all of their retries end here, to be looked at by a person. */
export const missedRuns = new sst.aws.Queue("MissedRuns", {
  transform: { queue: { messageRetentionSeconds: 14 * 86_400 } },
});

export const schedules = Object.entries(table).map(
  ([name, { file, rate, event }]) =>
    new sst.aws.CronV2(name, {
      schedule: rate,
      function: functionOf(file),
      event,
      // The next run comes in minutes and goes on where this one stopped.
      retries: 2,
      dlq: missedRuns.arn,
    }),
);

import { schedules as table } from "../packages/functions/src/schedules.ts";
import { functionOf } from "./functions.ts";
import { queues } from "./queues.ts";

/** What runs by the clock. */
export const schedules = Object.entries(table).map(
  ([name, { file, rate, event }]) =>
    new sst.aws.CronV2(name, {
      schedule: rate,
      function: functionOf(file),
      event,
      // The next run comes in minutes and goes on where this one stopped.
      retries: 2,
      dlq: queues.MissedRuns.arn,
    }),
);

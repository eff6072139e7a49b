import { schedules as table } from "../packages/functions/src/deployment/schedules.ts";
import { functionOf } from "./functions.stack.ts";
import { queues } from "./queues.stack.ts";

/** The next run comes in minutes and goes on where this one stopped. */
const RETRIES = 2;
const missedRuns = queues.MissedRuns.arn;

/** What runs by the clock. The scheduler hands a run over and is done: one that fails is Lambda's to try again. */
export const schedules = Object.entries(table).map(
  ([name, { file, rate, event }]) =>
    new sst.aws.CronV2(name, {
      schedule: rate,
      function: {
        ...functionOf(file),
        retries: RETRIES,
        transform: {
          eventInvokeConfig: { destinationConfig: { onFailure: { destination: missedRuns } } },
        },
      },
      event,
      retries: RETRIES,
      dlq: missedRuns,
    }),
);

import { schedules as scheduleTable } from "../packages/functions/src/deployment/schedules.ts";
import { functionOf } from "./functions.stack.ts";
import { queues } from "./queues.stack.ts";

/** Two retries suffice: the next run comes within minutes and continues where this one stopped. */
const RETRIES = 2;
const missedRuns = queues.MissedRuns.arn;

/**
 * Schedules of functions. EventBridge Scheduler only starts an asynchronous invocation, which Lambda retries when it fails.
 */
export const schedules = Object.entries(scheduleTable).map(
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

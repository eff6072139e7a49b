import { timetable } from "../packages/core/src/timetable.ts";
import {
  type Queue,
  type QueueName,
  queues as queueTable,
} from "../packages/functions/src/queues.ts";
import { subscriptions } from "../packages/functions/src/subscriptions.ts";
import { alarm } from "./alarm.ts";
import { lambda, own } from "./metric.ts";
import { componentName } from "./names.ts";
import { queues } from "./queues.ts";

for (const [name, { file }] of Object.entries(subscriptions)) {
  alarm(`${name}Late`, {
    description: "Changes made past the API reach the cache more than a minute late.",
    metrics: { age: lambda("IteratorAge", "Maximum", file) },
    above: 60_000,
    periods: 1,
  });
}

const waiting = {
  namespace: "AWS/SQS",
  metricName: "ApproximateNumberOfMessagesVisible",
  stat: "Maximum",
};
for (const [name, { consumer }] of Object.entries(queueTable as Record<QueueName, Queue>)) {
  if (consumer) continue;
  const dimensions = { QueueName: queues[name as QueueName].nodes.queue.name };
  alarm(`${name}Waiting`, {
    description: `Messages in ${name} wait for a person: docs/operations.md says what to do.`,
    metrics: { waiting: { ...waiting, dimensions } },
    above: 0,
    periods: 1,
  });
}

for (const plan of Object.values(timetable).flatMap(({ plans }) => plans)) {
  alarm(`Warming${componentName(plan)}`, {
    description: `The plan ${plan} leaves entries cold, or has not run for half an hour.`,
    metrics: {
      failed: own("WarmingFailed", "Sum", { plan }),
      left: own("WarmingLeft", "Sum", { plan }),
      errors: own("Errors", "Sum", { plan }),
    },
    expression: "failed + left + errors",
    above: 0,
    periods: 6,
    silence: "breaching",
  });
}

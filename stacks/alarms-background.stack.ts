import { timetable } from "../packages/core/src/timetable.ts";
import {
  type Queue,
  type QueueName,
  queues as queueTable,
} from "../packages/functions/src/deployment/queues.ts";
import { subscriptions } from "../packages/functions/src/deployment/subscriptions.ts";
import { alarm } from "./alarm.ts";
import { lambda, own } from "./metric.ts";
import { componentName } from "./names.ts";
import { queues } from "./queues.stack.ts";

for (const [name, { file }] of Object.entries(subscriptions)) {
  alarm(`${name}Late`, {
    description: "Changes made past the API reach the cache more than a minute late.",
    metrics: { age: lambda("IteratorAge", "Maximum", file) },
    above: 60_000,
    periods: 1,
  });
}

/** A beat whose probes all come back leaves an age of 3 seconds at most. */
const BEAT_LATE_MS = 75_000;

/** SQS leaves a message out of this age once it was handed out three times: with 6 minutes between, that is after 12. */
const LATE_SECONDS = 600;

const ofQueue = (name: QueueName, metricName: string) => ({
  namespace: "AWS/SQS",
  metricName,
  stat: "Maximum",
  dimensions: { QueueName: queues[name].nodes.queue.name },
});
const rows = Object.entries(queueTable as Record<QueueName, Queue>) as [QueueName, Queue][];
for (const [name, { consumer }] of rows) {
  if (consumer) {
    alarm(`${name}Late`, {
      description: `Messages in ${name} wait for over ten minutes: ${consumer.file} fails or cannot keep up.`,
      metrics: { age: ofQueue(name, "ApproximateAgeOfOldestMessage") },
      above: LATE_SECONDS,
      periods: 1,
    });
  } else {
    alarm(`${name}Waiting`, {
      description: `Messages in ${name} wait for a person: docs/operations.md says what to do.`,
      metrics: { waiting: ofQueue(name, "ApproximateNumberOfMessagesVisible") },
      above: 0,
      periods: 1,
    });
  }
}

alarm("BeatLate", {
  description:
    "The closed timestamp stands still: stream, Redis or the schedule Beat do not work, and what is older than 150 seconds is loaded again.",
  metrics: { age: own("ClosedAgeMs", "Maximum", { schedule: "Beat" }) },
  above: BEAT_LATE_MS,
  periods: 1,
  silence: "breaching",
});

alarm("RedisReset", {
  description:
    "Redis came back with an older state, or as another one: everything was invalidated.",
  metrics: { resets: own("StoreResets", "Sum", { schedule: "Beat" }) },
  above: 0,
  periods: 1,
});

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

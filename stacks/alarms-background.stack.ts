import { timetable } from "../packages/core/src/timetable.ts";
import {
  type Queue,
  type QueueName,
  queues as queueTable,
} from "../packages/functions/src/deployment/queues.ts";
import { subscriptions } from "../packages/functions/src/deployment/subscriptions.ts";
import { alarmText } from "../packages/functions/src/findings/finding-texts.ts";
import { alarm } from "./alarm.ts";
import { lambda, own } from "./metric.ts";
import { componentName } from "./names.ts";
import { queues } from "./queues.stack.ts";

for (const [name, { file }] of Object.entries(subscriptions)) {
  alarm(`${name}Late`, {
    description: alarmText("changes-late"),
    metrics: { age: lambda("IteratorAge", "Maximum", file) },
    above: 60_000,
    periods: 1,
  });
}

/** The age after a beat is at most about 3 seconds if all of its probes arrive, and 63 if one of them is a beat late. */
const BEAT_LATE_MS = 75_000;

/**
 * Less than 12 minutes: SQS excludes a message from this metric from its third delivery onwards. In queues that allow more than
 * three deliveries, the deliveries are 6 minutes apart.
 */
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
      description: `Messages in ${name} wait for an operator: see docs/operations.md.`,
      metrics: { waiting: ofQueue(name, "ApproximateNumberOfMessagesVisible") },
      above: 0,
      periods: 1,
    });
  }
}

alarm("BeatLate", {
  description: `${alarmText("changes-late")} Or: ${alarmText("beat-missing")}`,
  metrics: { age: own("ClosedAgeMs", "Maximum", { schedule: "Beat" }) },
  above: BEAT_LATE_MS,
  periods: 1,
  silence: "breaching",
});

alarm("RedisReset", {
  description: alarmText("redis-reset"),
  metrics: { resets: own("StoreResets", "Sum", { schedule: "Beat" }) },
  above: 0,
  periods: 1,
});

alarm("StaleHits", {
  description: alarmText("hits-stale"),
  metrics: { stale: own("HitsStale", "Sum") },
  above: 0,
  periods: 1,
});

alarm("ExperimentStopped", {
  description:
    "An experiment on a lifetime broke a guard rail and was ended: entries have their usual lifetime again. `npm run ops -- experiment status` shows which rail it was.",
  metrics: { stopped: own("ExperimentsStopped", "Sum") },
  above: 0,
  periods: 1,
});

alarm("MonitorIdle", {
  description: alarmText("monitor-idle"),
  metrics: {
    hits: own("Hits", "Sum"),
    verified: own("HitsVerified", "Sum"),
    overtaken: own("HitsOvertaken", "Sum"),
  },
  expression: "IF(FILL(hits, 0) > 100 AND FILL(verified, 0) + FILL(overtaken, 0) < 1, 1, 0)",
  above: 0,
  periods: 12,
});

for (const plan of Object.values(timetable).flatMap(({ plans }) => plans)) {
  alarm(`Warming${componentName(plan)}`, {
    description: `${plan}: ${alarmText("warming-fails")} Or it has not run for half an hour.`,
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

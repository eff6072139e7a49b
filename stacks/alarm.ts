import { configuration } from "./configuration.ts";
import type { Metric } from "./metric.ts";
import { isProduction, serviceName } from "./stage.ts";

/** Where alarms go; who has ALARM_EMAIL confirms the subscription once. */
const topic = isProduction ? new sst.aws.SnsTopic("Alarms") : undefined;
if (topic && configuration.ALARM_EMAIL) {
  new aws.sns.TopicSubscription("AlarmsByEmail", {
    topic: topic.arn,
    protocol: "email",
    endpoint: configuration.ALARM_EMAIL,
  });
}

interface Alarm {
  description: string;
  /** Name → metric; there is one, or an expression over all of them. */
  metrics: Record<string, Metric>;
  expression?: string;
  above: number;
  /** Periods of 5 minutes in a row. */
  periods: number;
  /** What no value at all means. */
  silence?: "breaching" | "notBreaching";
}

const PERIOD_SECONDS = 300;

/** Watches something in production; in other stages there is nobody to wake up. */
export function alarm(name: string, { metrics, expression, ...settings }: Alarm): void {
  if (!topic) return;
  const watched = expression === undefined ? [] : [{ id: "watched", expression, returnData: true }];
  new aws.cloudwatch.MetricAlarm(name, {
    name: `${serviceName}-${name}`,
    alarmDescription: settings.description,
    comparisonOperator: "GreaterThanThreshold",
    threshold: settings.above,
    evaluationPeriods: settings.periods,
    treatMissingData: settings.silence ?? "notBreaching",
    alarmActions: [topic.arn],
    okActions: [topic.arn],
    metricQueries: [
      ...Object.entries(metrics).map(([id, metric]) => ({
        id,
        metric: { ...metric, period: PERIOD_SECONDS },
        returnData: expression === undefined,
      })),
      ...watched,
    ],
  });
}

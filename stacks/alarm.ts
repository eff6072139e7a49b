import { configuration } from "./configuration.ts";
import type { Metric } from "./metric.ts";
import { isProduction, serviceName } from "./stage.ts";

/** SNS topic of the alarms; the owner of ALARM_EMAIL confirms the subscription once. */
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
  /** Name → metric: a single metric, or the inputs of an expression. */
  metrics: Record<string, Metric>;
  expression?: string;
  above: number;
  /** Number of consecutive periods of 5 minutes. */
  periods: number;
  /** State of the alarm while the metric has no values. */
  silence?: "breaching" | "notBreaching";
}

const PERIOD_SECONDS = 300;

/** Creates an alarm in production; other stages have no topic to notify. */
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

import { Metrics } from "@aws-lambda-powertools/metrics";
import { consoleOver, type WriteLine, writeToStdout } from "./lines.ts";
import { type MetricName, metrics, NAMESPACE, type Subject } from "./metrics.ts";
import { addMetric, runInScope, type Scope } from "./scope.ts";

/** Powertools' metrics over a sink of our own; the property is private to its types alone. */
function metricsOver(write: WriteLine, serviceName: string): Metrics {
  const lines = new Metrics({ namespace: NAMESPACE, serviceName });
  Object.assign(lines, { console: consoleOver(write) });
  return lines;
}

/** Subject of an invocation's metrics, and the ids that its log lines carry. */
export interface Observed {
  subject: Subject;
  name: string;
  ids: Readonly<Record<string, string>>;
}

export interface Observer {
  /** Runs one invocation and publishes its metrics afterwards, in one line of CloudWatch's embedded metric format. */
  observe: <T>(observed: Observed, run: () => Promise<T>) => Promise<T>;
  /** Publishes values at once, outside the running invocation; zeros too, for alarms that wait for them. */
  publish: (
    subject: Subject,
    name: string,
    values: Readonly<Partial<Record<MetricName, number>>>,
  ) => void;
  /** Publishes values with the service's dimension alone, outside any invocation: a process's metrics. */
  publishForService: (values: Readonly<Partial<Record<MetricName, number>>>) => void;
}

export function createObserver(
  write: WriteLine = writeToStdout,
  service: string = process.env["POWERTOOLS_SERVICE_NAME"] ?? "algoitny",
): Observer {
  const lines = metricsOver(write, service);

  // Nothing else runs between the first line and the last: values of invocations at the same time cannot mix.
  function publish(
    values: readonly [MetricName, number][],
    of: Readonly<Partial<Record<Subject, string>>> = {},
  ): void {
    if (values.length === 0) return;
    lines.addDimensions({});
    if (Object.keys(of).length > 0) lines.addDimensions({ ...of });
    for (const [metric, value] of values) {
      lines.addMetric(metric, metrics[metric], Math.round(value * 1_000) / 1_000);
    }
    lines.publishStoredMetrics();
  }

  return {
    observe(observed, run) {
      const scope: Scope = { ids: observed.ids, values: new Map() };
      return runInScope(scope, async () => {
        const startMs = performance.now();
        try {
          return await run();
        } catch (error) {
          addMetric("Errors", 1);
          throw error;
        } finally {
          addMetric("DurationMs", performance.now() - startMs);
          publish(metricsOf(scope), { [observed.subject]: observed.name });
        }
      });
    },
    publish(subject, name, values) {
      publish(entriesOf(values), { [subject]: name });
    },
    publishForService(values) {
      publish(entriesOf(values));
    },
  };
}

function entriesOf(values: Readonly<Partial<Record<MetricName, number>>>) {
  return Object.entries(values) as [MetricName, number][];
}

/** Counts of an invocation as one number, none when it is 0 (what has no value costs nothing); measurements each. */
function metricsOf({ values }: Scope): [MetricName, number][] {
  return [...values].flatMap(([metric, measured]): [MetricName, number][] => {
    if (metrics[metric] !== "Count") return measured.map((value) => [metric, value]);
    const sum = measured.reduce((total, value) => total + value, 0);
    return sum === 0 ? [] : [[metric, sum]];
  });
}

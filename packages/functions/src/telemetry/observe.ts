import { metricLines, type Values } from "./emf.ts";
import { type WriteLine, writeToStdout } from "./lines.ts";
import { type ArmDimension, type MetricName, metrics, type Subject } from "./metrics.ts";
import { addMetric, runInScope, type Scope } from "./scope.ts";

/** Subject of an invocation's metrics, and the ids in its log lines. */
export interface Observed {
  subject: Subject;
  name: string;
  ids: Readonly<Record<string, string>>;
}

export interface Observer {
  /** Runs one invocation and publishes its metrics afterwards, in lines of CloudWatch's embedded metric format. */
  observe: <T>(observed: Observed, run: () => Promise<T>) => Promise<T>;
  /** Publishes values at once, outside the running invocation; including zeros, for alarms that wait for them. */
  publish: (
    subject: Subject,
    name: string,
    values: Readonly<Partial<Record<MetricName, number>>>,
  ) => void;
  /** Publishes values with only the service's dimension, outside any invocation: a process's metrics. */
  publishForService: (values: Readonly<Partial<Record<MetricName, number>>>) => void;
}

export function createObserver(
  write: WriteLine = writeToStdout,
  service: string = readServiceName(process.env),
): Observer {
  function publish(
    values: Values,
    of: Readonly<Partial<Record<Subject | ArmDimension, string>>> = {},
    facts?: Scope["facts"],
  ): void {
    for (const line of metricLines(values, service, of, Date.now(), facts)) write(line);
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
          publish(metricsOf(scope), { [observed.subject]: observed.name }, scope.facts);
          for (const { of, values } of scope.arms?.values() ?? [])
            publish(metricsOf({ values }), { ...of });
        }
      });
    },
    publish(subject, name, values) {
      publish(valuesOf(values), { [subject]: name });
    },
    publishForService(values) {
      publish(valuesOf(values));
    },
  };
}

function valuesOf(values: Readonly<Partial<Record<MetricName, number>>>): Values {
  const entries = Object.entries(values) as [MetricName, number][];
  return new Map(entries.map(([metric, value]) => [metric, [rounded(value)]]));
}

/**
 * Values to publish for an invocation: the sum of each count, or nothing if it is 0 (a metric without values costs
 * nothing), and each measurement.
 */
function metricsOf({ values }: Pick<Scope, "values">): Values {
  const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);
  return new Map(
    [...values]
      .map(([metric, measured]): [MetricName, number[]] => [
        metric,
        metrics[metric] === "Count" ? [sum(measured)].filter((count) => count !== 0) : measured,
      ])
      .map(([metric, kept]) => [metric, kept.map(rounded)]),
  );
}

function rounded(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}

/** The dimension `service` of a stage's metrics: its application and stage, as the stacks set it. */
export function readServiceName({
  POWERTOOLS_SERVICE_NAME: name = "algoitny",
}: Readonly<Record<string, string | undefined>>): string {
  return name;
}

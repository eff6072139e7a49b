import { AsyncLocalStorage } from "node:async_hooks";
import type { MetricName } from "./metrics.ts";

/** One invocation as telemetry sees it, with all that happens in it, however many run in one process. */
export interface Scope {
  /** Stand in every line that is logged in it. */
  ids: Readonly<Record<string, string>>;
  values: Map<MetricName, number[]>;
}

const scopes = new AsyncLocalStorage<Scope>();

export function runInScope<T>(scope: Scope, work: () => T): T {
  return scopes.run(scope, work);
}

export function currentScope(): Scope | undefined {
  return scopes.getStore();
}

/** Notes a value of the invocation that runs; outside of one, nothing. */
export function addMetric(metric: MetricName, value: number): void {
  const values = scopes.getStore()?.values;
  const before = values?.get(metric);
  if (before) before.push(value);
  else values?.set(metric, [value]);
}

import { AsyncLocalStorage } from "node:async_hooks";
import type { CacheEvent } from "@algoitny/cache";
import type { ArmOfKey } from "@algoitny/core/experiment/known-experiments";
import type { MetricName } from "./metrics.ts";

/** Reason why the cache had nothing to serve. */
export type MissReason = Extract<CacheEvent, { type: "miss" }>["reason"];

/** One invocation with all that happens in it, however many run in one process. */
export interface Scope {
  /** Fields of every line that is logged in it. */
  ids: Readonly<Record<string, string>>;
  values: Map<MetricName, number[]>;
  /** Metrics of the arms of experiments, by experiment and arm. */
  arms?: Map<string, { of: ArmOfKey; values: Map<MetricName, number[]> }>;
  /** Reason of its first miss. */
  missReason?: MissReason;
  /**
   * Facts in addition to its metrics, by name: they can be searched in the log, but are no dimensions, which are billed
   * by their values.
   */
  facts?: Record<string, string>;
}

const scopes = new AsyncLocalStorage<Scope>();

export function runInScope<T>(scope: Scope, work: () => T): T {
  return scopes.run(scope, work);
}

export function currentScope(): Scope | undefined {
  return scopes.getStore();
}

/** Records a value of the running invocation; outside of one, does nothing. */
export function addMetric(metric: MetricName, value: number): void {
  addTo(scopes.getStore()?.values, metric, value);
}

/** Records a value for an experiment's arm alone: callers also use `addMetric`. Without an arm, does nothing. */
export function addArmMetric(of: ArmOfKey | undefined, metric: MetricName, value: number): void {
  const scope = scopes.getStore();
  if (!scope || !of) return;
  const arms = (scope.arms ??= new Map());
  const name = of.experiment + of.arm;
  const found = arms.get(name) ?? { of, values: new Map() };
  arms.set(name, found);
  addTo(found.values, metric, value);
}

function addTo(
  values: Map<MetricName, number[]> | undefined,
  metric: MetricName,
  value: number,
): void {
  const before = values?.get(metric);
  if (before) before.push(value);
  else values?.set(metric, [value]);
}

/** Records a fact of the running invocation. */
export function note(name: string, fact: string): void {
  const scope = scopes.getStore();
  if (scope) scope.facts = { ...scope.facts, [name]: fact };
}

/** Records the reason of a miss of the running invocation; the first one stays. */
export function noteMiss(reason: MissReason): void {
  const scope = scopes.getStore();
  if (scope) scope.missReason ??= reason;
}

import { AsyncLocalStorage } from "node:async_hooks";
import type { CacheEvent } from "@algoitny/cache";
import type { ArmOfKey } from "@algoitny/core/experiment/known-experiments";
import type { MetricName } from "./metrics.ts";

/** Reason why the cache had nothing to serve. */
export type MissReason = Extract<CacheEvent, { type: "miss" }>["reason"];

/** One invocation as telemetry sees it, with all that happens in it, however many run in one process. */
export interface Scope {
  /** Stand in every line that is logged in it. */
  ids: Readonly<Record<string, string>>;
  values: Map<MetricName, number[]>;
  /** Metrics of the arms of experiments, by experiment and arm. */
  arms?: Map<string, { of: ArmOfKey; values: Map<MetricName, number[]> }>;
  /** Reason of its first miss. */
  missReason?: MissReason;
  /** Facts beside its metrics, by name: for searches in the log, not for dimensions, which are billed by their values. */
  facts?: Record<string, string>;
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
  addTo(scopes.getStore()?.values, metric, value);
}

/** Notes a value of an experiment's arm too; for a key that is in none, nothing. */
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

/** Notes a fact of the invocation that runs. */
export function note(name: string, fact: string): void {
  const scope = scopes.getStore();
  if (scope) scope.facts = { ...scope.facts, [name]: fact };
}

/** Notes the reason of a miss of the invocation that runs; the first one stands. */
export function noteMiss(reason: MissReason): void {
  const scope = scopes.getStore();
  if (scope) scope.missReason ??= reason;
}

import { checkStore } from "./check-store.ts";
import type { Engine, RefreshTask } from "./engine/context.ts";
import { type ReadOptions, startRead } from "./engine/read-context.ts";
import { forceRefresh } from "./engine/refresh.ts";
import { refreshMany, type WarmOptions } from "./engine/warm-many.ts";
import { verifyHit, type VerifyTask } from "./engine/verify.ts";
import { removeOwn } from "./get-or-set.ts";
import { change } from "./invalidation/announced-change.ts";
import { beat } from "./invalidation/beat.ts";
import {
  invalidatePattern,
  listKeys,
  type ListOptions,
  type PatternOptions,
} from "./invalidation/pattern.ts";
import { set } from "./invalidation/set.ts";
import { invalidateTargets, tagsOf, type Target } from "./invalidation/targets.ts";
import { readOf, runTask } from "./refresh-task.ts";
import type { AnyResource, Resource } from "./resource.ts";

type Any = Resource<unknown, unknown, unknown>;
type Write = (signal: AbortSignal) => unknown;

/** Methods of a cache that no hit needs, by name; each finds its resource's definition remembered. */
export function operationsOf(engine: Engine, definitions: ReadonlyMap<string, AnyResource>) {
  const start = (resource: Any, params: unknown, options: Partial<ReadOptions<unknown>> = {}) =>
    startRead(engine, resource, params, { source: undefined, ...options });

  return {
    refresh: (resource: Any, params: unknown, options?: Partial<ReadOptions<unknown>>) =>
      forceRefresh(engine, start(resource, params, options)),
    set: (resource: Any, params: unknown, write: Write, invalidate: Target | readonly Target[]) =>
      set(engine, start(resource, params), write, tagsOf("set", invalidate)),
    change: (targets: Target | readonly Target[], write: Write) =>
      change(engine, tagsOf("change", targets), write),
    beat: (request: Parameters<typeof beat>[1]) => beat(engine, request),
    runRefreshTask: async (
      task: Omit<RefreshTask, "entryId"> & Partial<RefreshTask>,
      options: Partial<ReadOptions<unknown>>,
    ) => runTask(engine, definitions.get(task.resource), task, options),
    runVerifyTask: async (task: VerifyTask, options: Partial<ReadOptions<unknown>>) =>
      verifyHit(engine, readOf(engine, definitions.get(task.resource), task, options), task),
    warm: (resource: Any, params: readonly unknown[], options: WarmOptions<unknown>) =>
      refreshMany(engine, resource, params, options),
    delete: (key: string) => removeOwn(engine, key, definitions),
    invalidate: (...args: readonly unknown[]) => invalidateTargets(engine, "invalidate", args),
    expire: (...args: readonly unknown[]) => invalidateTargets(engine, "expire", args),
    check: () => checkStore(engine),
    invalidatePattern: (pattern: string, options: PatternOptions) =>
      invalidatePattern(engine, pattern, options),
    keys: (pattern: string, from: ListOptions) => listKeys(engine, pattern, from),
  };
}

export type Operations = ReturnType<typeof operationsOf>;

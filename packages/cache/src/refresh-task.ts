import type { Engine, RefreshTask } from "./engine/context.ts";
import { CacheError } from "./errors.ts";
import { type AnyRead, type ReadOptions, startRead } from "./engine/read-context.ts";
import { refreshNow, type RefreshResult } from "./engine/refresh.ts";
import type { AnyResource, Resource } from "./resource.ts";

type Task = Pick<RefreshTask, "resource" | "key" | "params">;

/**
 * Refreshes the entry of a task if a refresh is due, or if the entry for which the task was sent is still stored: a queue
 * may drop later tasks for the same entry. Throws when the task's resource is unknown, or its parameters give another key.
 */
export function runTask(
  engine: Engine,
  resource: AnyResource | undefined,
  task: Task & Partial<RefreshTask>,
  options: Partial<ReadOptions<unknown>>,
): Promise<RefreshResult> {
  return refreshNow(engine, readOf(engine, resource, task, options), task.entryId);
}

/** The read that a task asks for; throws when its resource is unknown, or its parameters give another key. */
export function readOf(
  engine: Engine,
  resource: AnyResource | undefined,
  task: Task,
  options: Partial<ReadOptions<unknown>>,
): AnyRead {
  if (resource === undefined) {
    const mend = "give it to new Cache({ resources })";
    throw new CacheError("definition_invalid", `no resource is called "${task.resource}": ${mend}`);
  }
  const any = resource as Resource<unknown, unknown, unknown>;
  const read = startRead(engine, any, task.params, { source: undefined, ...options });
  if (read.keys.key === task.key) return read;
  const why = "the parameters of the task lead to another key";
  throw new CacheError("definition_invalid", `${task.key}: ${why}`);
}

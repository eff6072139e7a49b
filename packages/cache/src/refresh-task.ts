import type { Engine, RefreshTask } from "./engine/context.ts";
import { CacheError } from "./errors.ts";
import { type AnyRead, type ReadOptions, startRead } from "./engine/read-context.ts";
import { refreshNow, type RefreshResult } from "./engine/refresh.ts";
import type { AnyResource, Resource } from "./resource.ts";

type Task = Pick<RefreshTask, "resource" | "key" | "params">;

/**
 * Refreshes what a task is about, if that is due or the task's entry is still there: it was sent because of that one, and a
 * queue may drop what is sent for it again. Throws when nothing is known of its resource, or its parameters lead elsewhere. */
export function runTask(
  engine: Engine,
  resource: AnyResource | undefined,
  task: Task & Partial<RefreshTask>,
  options: Partial<ReadOptions<unknown>>,
): Promise<RefreshResult> {
  return refreshNow(engine, readOf(engine, resource, task, options), task.entryId);
}

/** The read that a task is about; throws when nothing is known of its resource, or its parameters lead elsewhere. */
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

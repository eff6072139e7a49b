import type { Engine, RefreshTask } from "./engine/context.ts";
import { CacheError } from "./errors.ts";
import { type ReadOptions, startRead } from "./engine/read-context.ts";
import { refreshNow, type RefreshResult } from "./engine/refresh.ts";
import type { AnyResource, Resource } from "./resource.ts";

/**
 * Refreshes what a task is about, if that is due or the task's entry is still there: it was sent because of that one, and a
 * queue may drop what is sent for it again. Throws when nothing is known of its resource, or its parameters lead elsewhere. */
export async function runTask(
  engine: Engine,
  resource: AnyResource | undefined,
  task: Omit<RefreshTask, "entryId"> & Partial<RefreshTask>,
  options: Partial<ReadOptions<unknown>>,
): Promise<RefreshResult> {
  if (resource === undefined) {
    const mend = "give it to new Cache({ resources })";
    throw new CacheError("definition_invalid", `no resource is called "${task.resource}": ${mend}`);
  }
  const any = resource as Resource<unknown, unknown, unknown>;
  const read = startRead(engine, any, task.params, { source: undefined, ...options });
  if (read.keys.key !== task.key) {
    const why = "the parameters of the task lead to another key";
    throw new CacheError("definition_invalid", `${task.key}: ${why}`);
  }
  return refreshNow(engine, read, task.entryId);
}

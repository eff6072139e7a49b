import type { AnyView } from "@algoitny/core/view";
import { viewNamed } from "@algoitny/core/views";
import * as z from "zod";
import { redact } from "./telemetry/log.ts";

/** A task about an entry of the cache, as a queue's message contains it. */
export const EntryTask = z.object({
  resource: z.string(),
  key: z.string(),
  params: z.unknown().optional(),
  entryId: z.string(),
});

/**
 * The view and the parameters of a task. Throws if there is no such view, or if its parameters are invalid or give
 * another key.
 */
export function viewOf(task: z.output<typeof EntryTask>): { resource: AnyView; params: never } {
  const view = viewNamed(task.resource);
  if (!view) throw new Error(`there is no view ${redact(task.resource)}`);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- checked by the view's own schema
  const params = view.params.parse(task.params) as never;
  if (view.keyFor(params) !== task.key)
    throw new Error("the parameters of the task give another key");
  return { resource: view, params };
}

import * as z from "zod/mini";

const Json = z.record(z.string(), z.unknown());

/** An asynchronous invalidation: the operator's request, its progress and its result. */
export const InvalidationJob = z.object({
  id: z.uuid(),
  /** `waiting`: in the queue, for its first try or for the next one after an error. */
  status: z.enum(["waiting", "running", "done", "failed"]),
  request: Json,
  /** The admin's subject. */
  requested_by: z.string(),
  requested_at: z.string(),
  started_at: z.nullable(z.string()),
  finished_at: z.nullable(z.string()),
  attempts: z.int(),
  /** Entries that a walk by pattern has found so far. */
  entries: z.int(),
  result: z.nullable(Json),
  error: z.nullable(z.string()),
});
export type InvalidationJob = z.infer<typeof InvalidationJob>;

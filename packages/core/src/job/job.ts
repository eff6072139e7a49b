import * as z from "zod/mini";

const Json = z.record(z.string(), z.unknown());

/** An invalidation that an operator asked for and does not wait for: what was asked, how far it is, what came of it. */
export const InvalidationJob = z.object({
  id: z.uuid(),
  /** `waiting`: for its turn, or for its next try after an error. */
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

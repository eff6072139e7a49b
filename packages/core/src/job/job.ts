import * as z from "zod";

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
  started_at: z.string().nullable(),
  finished_at: z.string().nullable(),
  attempts: z.int(),
  /** Entries that a walk by pattern has found so far. */
  entries: z.int(),
  result: Json.nullable(),
  error: z.string().nullable(),
});
export type InvalidationJob = z.infer<typeof InvalidationJob>;

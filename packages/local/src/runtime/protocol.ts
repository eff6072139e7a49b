import { z } from "zod";

/** Start-up data of a worker. */
export interface WorkerSetup {
  /** `file:` URL of the folder that functions' files are relative to, with a slash at the end. */
  folder: string;
}

/** One invocation. Event and result are transferred as JSON, as on Lambda. */
export interface Call {
  id: number;
  file: string;
  /** Without an event only the function's module is loaded. */
  event: string | undefined;
  awsRequestId: string;
  /** Time that the function has once its module is loaded. */
  timeoutMs: number;
}

const ErrorData = z.object({
  name: z.string(),
  message: z.string(),
  stack: z.string().optional(),
});

export type ErrorData = z.output<typeof ErrorData>;

/**
 * The beginning of one invocation, or its end. Validated on arrival, because a function's code can send to its instance's
 * port too.
 */
export const Outcome = z.union([
  z.object({ id: z.int(), begun: z.literal(true) }),
  z.object({ id: z.int(), result: z.string() }),
  z.object({ id: z.int(), error: ErrorData }),
]);

export type Outcome = z.output<typeof Outcome>;

import type * as z from "zod";

/** The event of a manual run is invalid; the message names its fields. */
export class InvalidEventError extends Error {
  override readonly name = "InvalidEventError";
}

/**
 * Parses the event of a manual run. Its error is one line with the fields: `fire` prints it, and a ZodError's message is
 * JSON.
 */
export function parseEvent<Event>(schema: z.ZodType<Event>, event: unknown): Event {
  const { success, data, error } = schema.safeParse(event);
  if (success) return data;
  const faults = error.issues.map(
    ({ path, message }) => `${path.join(".") || "event"}: ${message}`,
  );
  throw new InvalidEventError(faults.join("; "), { cause: error });
}

import type { HttpReading } from "../http/cache-status.ts";
import { createReply, type ResponseOptions } from "../http/create-reply.ts";
import { askedOf, type LambdaEvent } from "./lambda-event.ts";
import { type LambdaResult, resultOf } from "./lambda-result.ts";

/**
 * Answers a GET or HEAD event from a read of the cache: 200 with the entry's bytes as they are stored, 304 without looking
 * at them, 404 for a remembered "not found", 406 when the client refuses every coding.
 */
export async function toResponse(
  event: LambdaEvent,
  reading: HttpReading,
  options: ResponseOptions = {},
): Promise<LambdaResult> {
  if (reading?.status !== "hit") (await import("../http/unsendable.ts")).checkReplyOptions(options);
  return resultOf(event, await createReply(await askedOf(event), reading, options));
}

import type { HttpReading } from "../http/cache-status.ts";
import { createReply, type ResponseOptions } from "../http/create-reply.ts";
import { askedOf, type LambdaEvent } from "./lambda-event.ts";
import { type LambdaResult, resultOf } from "./lambda-result.ts";

/**
 * Answers a GET or HEAD event from a read of the cache: 200 with the entry's body in the client's preferred coding,
 * unchanged if that is the stored one; 304 if the client's copy is current; 404 for "not found"; 406 if every coding,
 * `identity` included, is refused.
 */
export async function toResponse(
  event: LambdaEvent,
  reading: HttpReading,
  options: ResponseOptions = {},
): Promise<LambdaResult> {
  // Hits skip the check, because they must be fast.
  if (reading?.status !== "hit") (await import("../http/unsendable.ts")).checkReplyOptions(options);
  return resultOf(event, await createReply(await askedOf(event), reading, options));
}

import type { HttpReading } from "./cache-status.ts";
import { askedOfRequest, responseOf } from "./fetch-request.ts";
import { createReply, type ResponseOptions } from "./create-reply.ts";

/**
 * Answers a GET or HEAD from a read of the cache: 200 with the entry's body in the client's preferred coding, unchanged if
 * that is the stored one; 304 if the client's copy is current; 404 for "not found"; 406 if every coding, `identity`
 * included, is refused.
 *
 * @example
 * app.get("/books/:id", async (c) => toResponse(c.req.raw, await cache.getEntry(book, { id: c.req.param("id") })));
 */
export async function toResponse(
  request: Request,
  reading: HttpReading,
  options: ResponseOptions = {},
): Promise<Response> {
  if (!request?.headers?.get) return (await import("./unsendable.ts")).refuseRequest();
  // Hits skip the check, because they must be fast.
  if (reading?.status !== "hit") (await import("./unsendable.ts")).checkReplyOptions(options);
  return responseOf(await createReply(askedOfRequest(request), reading, options));
}

import type { HttpReading } from "./cache-status.ts";
import { askedOfRequest, responseOf } from "./fetch-request.ts";
import { createReply, type ResponseOptions } from "./create-reply.ts";

/**
 * Answers a GET or HEAD from a read of the cache: 200 with the entry's bytes as they are stored, 304 without looking at
 * them, 404 for a remembered "not found", 406 when the client refuses every coding.
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
  if (reading?.status !== "hit") (await import("./unsendable.ts")).checkReplyOptions(options);
  return responseOf(await createReply(askedOfRequest(request), reading, options));
}

import type { IncomingMessage, ServerResponse } from "node:http";
import type { HttpReading } from "../http/cache-status.ts";
import { headerOf } from "../http/fields.ts";
import { createReply, type ResponseOptions } from "../http/create-reply.ts";
import { sendable } from "../http/representation.ts";

/**
 * Answers a GET or HEAD of `node:http`, Express or Fastify (`request.raw`, `reply.raw`, after `reply.hijack()`) from a
 * read of the cache: 200 with the entry's body in the client's preferred coding, 304, 404 or 406. Headers that are set
 * already stay, unless the answer has a header of the same name; the answer's Vary is added to one that is set.
 *
 * @example
 * app.get("/books/:id", async (request, response) => {
 *   await sendResponse(request, response, await cache.getEntry(book, { id: request.params.id }));
 * });
 */
export async function sendResponse(
  request: IncomingMessage,
  response: ServerResponse,
  reading: HttpReading,
  options: ResponseOptions = {},
): Promise<void> {
  if (!("setHeader" in response)) return (await import("../http/unsendable.ts")).refuseResponse();
  // Hits skip the check, because they must be fast.
  if (reading?.status !== "hit") (await import("../http/unsendable.ts")).checkReplyOptions(options);
  const { method = "GET", headers: fields } = request;
  const header = (name: string) => {
    const value = fields[name];
    return headerOf({ [name]: Array.isArray(value) ? value.join(", ") : value }, name);
  };
  const { status, headers, body } = await createReply({ method, header }, reading, options);
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) {
    if (name === "vary") response.appendHeader(name, value);
    else response.setHeader(name, value);
  }
  response.end(sendable(body) ?? undefined);
}

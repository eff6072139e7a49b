import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { checkHandler } from "../http/cached-handler.ts";
import type { Awaitable } from "../resource.ts";

/** Passes an error to Express, or to a framework that accepts middleware of Express. */
type Next = (error: unknown) => void;
type RequestBody = NonNullable<NonNullable<ConstructorParameters<typeof Request>[1]>["body"]>;
type Listener = (request: IncomingMessage, response: ServerResponse, next?: Next) => Promise<void>;

/** Property that Express adds: the URL before a router shortened it. */
type ExpressRequest = IncomingMessage & { readonly originalUrl?: string };

/**
 * A handler that takes a Request, such as one of `cacheFetch`, as a listener of `node:http`, Express or Fastify
 * (`request.raw`, `reply.raw`, after `reply.hijack()`). A handler's error goes to `next`; without `next` the client gets
 * an empty 500, and the listener rejects. It also rejects, and breaks the connection, when a body fails after the headers
 * were sent. Catch the rejection unless the framework does (Express 4 and a bare `createServer` do not), or Node ends
 * the process. A client that disconnects causes no error. The handler gets the request's body, except that of a GET or
 * HEAD, unless a body parser has read it before.
 *
 * @example
 * app.get("/weather", toListener(cacheFetch({ cache, name: "weather", ttl: "5 minutes" })(weather)));
 */
export function toListener(handler: (request: Request) => Awaitable<Response>): Listener {
  checkHandler(handler, "toListener");
  return async (incoming, outgoing, next) => {
    try {
      await write(await handler(toRequest(incoming, outgoing)), outgoing);
    } catch (error) {
      if (outgoing.destroyed && isHangUp(error, incoming)) return;
      if (outgoing.headersSent) outgoing.destroy();
      else if (next) return next(error);
      else outgoing.writeHead(500).end();
      throw error;
    }
  };
}

/** The request as it came over the wire, with its URL as the client wrote it. */
function toRequest(incoming: ExpressRequest, outgoing: ServerResponse): Request {
  const { method = "GET", headers: fields, originalUrl, url = "/", socket } = incoming;
  const headers = new Headers();
  for (const [name, values] of Object.entries(incoming.headersDistinct))
    for (const value of values ?? []) headers.append(name, value);
  const aborted = new AbortController();
  outgoing.once("close", () => aborted.abort());
  const scheme = "encrypted" in socket ? "https" : "http";
  const hasBody = method !== "GET" && method !== "HEAD";
  return new Request(`${scheme}://${fields.host ?? "localhost"}${originalUrl ?? url}`, {
    method,
    headers,
    signal: aborted.signal,
    ...(hasBody && { body: Readable.toWeb(incoming) as RequestBody, duplex: "half" }),
  });
}

/**
 * True for the error of a request or response whose client has disconnected, and for that of work that the request's
 * signal aborted.
 */
function isHangUp(error: unknown, { errored }: IncomingMessage): boolean {
  const { code, name } = error as { code?: unknown; name?: unknown };
  return error === errored || code === "ERR_STREAM_PREMATURE_CLOSE" || name === "AbortError";
}

async function write(response: Response, outgoing: ServerResponse): Promise<void> {
  if (outgoing.destroyed) return response.body?.cancel();
  outgoing.statusCode = response.status;
  for (const [name, value] of response.headers) {
    // Cookies are appended one by one; a framework may already have set a `Vary` that names other headers.
    if (name === "set-cookie" || name === "vary") outgoing.appendHeader(name, value);
    else outgoing.setHeader(name, value);
  }
  if (response.body === null) outgoing.end();
  else await pipeline(Readable.fromWeb(response.body), outgoing);
}

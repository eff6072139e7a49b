import type { Awaitable } from "../resource.ts";
import { refuse } from "../errors.ts";
import { describe } from "../faults.ts";
import {
  cachedHandler,
  type CachedHandlerOptions,
  checkHandler,
  checkHandlerOptions,
} from "./cached-handler.ts";
import { type KeyParts, type Inquiry, queryString } from "./key-parts.ts";
import { askedOfRequest, responseOf } from "./fetch-request.ts";
import type { Answer } from "./storable.ts";

export interface CacheFetchOptions extends CachedHandlerOptions<Request> {
  /**
   * Verified user of the request; undefined: the response is public. Each principal has separate entries, and the handler
   * reads the principal by `principalOf`. A request that has Authorization but no principal is not cached.
   */
  principal?: (request: Request) => Awaitable<string | undefined>;
}

type Handler<Rest extends readonly unknown[]> = (
  request: Request,
  ...rest: Rest
) => Awaitable<Response>;

/** Principals of the requests that handlers receive. */
const principals = new WeakMap<Request, string>();

/**
 * Principal of a request that a cached handler received; undefined for a public request, or for one that was passed on
 * uncached.
 */
export function principalOf(request: Request): string | undefined {
  return principals.get(request);
}

/**
 * Caches the whole responses of a handler that takes a Request: in Hono, Next, Workers, Bun and Deno. The handler's
 * Request contains only what the key covers: the URL and the declared parts. The key does not cover what the handler
 * reads elsewhere, such as a framework's context. Responses with Set-Cookie, `no-store`, `private` (without
 * `principal`), an undeclared Vary, a content coding or any status but 200 (and 404 with `negativeTtl`) are not stored:
 * they go to their own client only, a 5xx to every client that waited for it. Methods other than GET and HEAD pass
 * through; a non-error answer to an unsafe one invalidates the URI's entries.
 *
 * @example
 * export const GET = cacheFetch({ cache, name: "weather", ttl: "5 minutes", query: ["city"] })(
 *   async (request) => Response.json(await weatherOf(new URL(request.url).searchParams.get("city"))),
 * );
 */
export function cacheFetch(
  options: CacheFetchOptions,
): <Rest extends readonly unknown[]>(
  handler: Handler<Rest>,
) => (request: Request, ...rest: Rest) => Promise<Response> {
  checkHandlerOptions(options, ABOUT, ["principal"]);
  const { principal } = options;
  const inquire = async (request: Request): Promise<Inquiry> => {
    const { host, pathname, search } = new URL(request.url);
    const isRead = request.method === "GET" || request.method === "HEAD";
    return {
      ...askedOfRequest(request),
      host,
      path: pathname,
      parameters: {},
      query: search.slice(1),
      claims: { sub: isRead ? await principal?.(request) : undefined },
      hasCredentials: request.headers.has("authorization"),
    };
  };
  const cached = cachedHandler<Request, Response>(
    { inquire, narrow, answer: answerOf, apart, send: (_, reply) => responseOf(reply) },
    options,
    {
      claims: principal ? ["sub"] : [],
      varyOn: principal ? ["Authorization", "Cookie"] : [],
      mend: "give a `principal` instead, which says whom you have verified",
    },
  );
  return (handler) => {
    checkHandler(handler, ABOUT);
    return async (request, ...rest) => {
      if (!request?.headers?.get)
        refuse(`${ABOUT}: the handler got ${describe(request)}: pass a Request`);
      return cached(request, async (given) => handler(given, ...rest));
    };
  };
}

const ABOUT = "cacheFetch";

function narrow({ url }: Request, { query, headers, claims }: KeyParts): Request {
  const narrowed = new URL(url);
  narrowed.search = queryString(query);
  narrowed.hash = "";
  const request = new Request(narrowed, { headers });
  const { sub } = claims;
  if (sub !== undefined) principals.set(request, sub);
  return request;
}

function answerOf(response: Response): Answer<Response> {
  const { status, headers } = response ?? {};
  if (!headers?.has)
    refuse(`${ABOUT}: the handler answered ${describe(response)}: return a Response`);
  return {
    status,
    headers: Object.fromEntries(headers),
    setsCookie: headers.has("set-cookie"),
    native: response,
    copy: () => response.clone(),
    // A 404 with a long body is sent after its body was read.
    bytes: async () =>
      new Uint8Array(await (status === 404 ? response.clone() : response).arrayBuffer()),
  };
}

/** A response for this client only; its body is streamed. */
function apart({ method }: Request, response: Response, cacheStatus: string): Response {
  const { status, statusText, body } = response;
  const headers = new Headers(response.headers);
  headers.append("cache-status", cacheStatus);
  return new Response(method === "HEAD" ? null : body, { status, statusText, headers });
}

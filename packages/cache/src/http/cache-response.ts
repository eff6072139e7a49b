import { checkNames } from "../advisor.ts";
import type { Cache } from "../cache.ts";
import { CacheError } from "../errors.ts";
import { forwardStatus } from "./cache-status.ts";
import { cover, coveredEvent, type Declared, type HttpEvent, uriOf } from "./covered.ts";
import type { HttpResult } from "./event.ts";
import { toResponse } from "./response.ts";
import {
  defineResponse,
  FailedResponse,
  notFoundBody,
  notShared,
  type ResponseResourceOptions,
  type ResponseSource,
  uriTag,
} from "./response-resource.ts";
import { toResult } from "./result.ts";

export interface CacheResponseOptions extends ResponseResourceOptions {
  cache: Pick<Cache, "getEntry" | "invalidate">;
  /** Query parameters that the handler reads; it sees no other. */
  query?: readonly string[];
  /** Request headers that the handler reads; it sees no other. Not Authorization or Cookie: declare `claims`. */
  headers?: readonly string[];
  /** Claims of the gateway's JWT authorizer that the handler reads, `sub` among them; each user then has entries of their own. */
  claims?: readonly string[];
  /** Replaces the handler's Cache-Control in what is sent. Default: the handler's, else "no-cache". */
  cacheControl?: string;
  /** Name of this cache in Cache-Status. Default "cache". */
  cacheName?: string;
  /** Milliseconds since the epoch; for Age and ttl. */
  now?: () => number;
}

const OPTIONS = [
  "cache",
  "name",
  "ttl",
  "staleWhileRevalidate",
  "negativeTtl",
  "tags",
  "query",
  "headers",
  "claims",
  "cacheControl",
  "cacheName",
  "now",
];

/** A handler of API Gateway v2 events; `context` is Lambda's, or anything. */
type Handler<Event, Context> = (event: Event, context: Context) => unknown;
type CachedHandler<Event, Context> = (event: Event, context: Context) => Promise<HttpResult>;

/** Never part of a key: a key can be read by operators, and nobody has verified these. */
const SECRET_HEADERS = new Set(["authorization", "cookie", "proxy-authorization"]);
const SAFE_METHODS = new Set(["GET", "HEAD", "OPTIONS", "TRACE"]);

/**
 * Caches the whole responses of an API Gateway v2 handler. The handler sees only what the key covers: host, path and
 * what is declared. Responses with Set-Cookie, `no-store`, `private` (without `claims`), an undeclared Vary, a content
 * coding or any status but 200 (404 with `negativeTtl`) go to their own client alone; so does everything asked with
 * credentials that `claims` do not cover. Other methods pass through; a good answer to an unsafe one drops the URI's entries.
 *
 * @example
 * export const handler = cacheResponse({ cache, name: "weather", ttl: "5 minutes", query: ["city"] })(
 *   async (event) => ({ statusCode: 200, body: await weatherOf(event.queryStringParameters?.city) }),
 * );
 */
export function cacheResponse(
  options: CacheResponseOptions,
): <Event extends HttpEvent, Context>(
  handler: Handler<Event, Context>,
) => CachedHandler<Event, Context> {
  checkNames({ ...options }, OPTIONS, "cacheResponse: ");
  const { cache, cacheName = "cache" } = options;
  const declared = declaredBy(options);
  const resource = defineResponse(options);
  const vary = [...declared.headers, ...(declared.claims.length > 0 ? ["Authorization"] : [])];

  return (handler) => async (event, context) => {
    const { method } = event.requestContext.http;
    if (method !== "GET" && method !== "HEAD") {
      return passOn(cache, event, toResult(await handler(event, context)));
    }
    const covered = cover(event, declared);
    if (covered === undefined) {
      const result = toResult(await handler(event, context));
      return apart(event, result, forwardStatus(cacheName, "bypass", "credentials"));
    }
    const narrowed = coveredEvent(event, covered);
    const run = async () => toResult(await handler(narrowed, context));
    let own: HttpResult | undefined;
    const source: ResponseSource = {
      run,
      rules: {
        headers: declared.headers,
        ofPrincipal: covered.claims["sub"] !== undefined,
        keepsNotFound: resource.negativeMs > 0,
      },
      keepApart: (result) => (own = result),
    };
    try {
      const params = { covered, event: narrowed };
      const reading = await cache.getEntry(resource, params, { source, ...budgetOf(context) });
      const reason = notShared(reading.entry.header.headers);
      if (reason === undefined) {
        const errorBody = () => notFoundBody(reading.entry);
        return await toResponse(event, reading, { ...options, vary, errorBody });
      }
      // Without a response of its own this request joined another one's load: that answer is the other one's alone.
      return apart(event, own ?? (await run()), forwardStatus(cacheName, reading.status, reason));
    } catch (error) {
      if (!(error instanceof FailedResponse)) throw error;
      return apart(event, error.result, forwardStatus(cacheName, "miss", "status"));
    }
  };
}

function declaredBy({ query = [], headers = [], claims = [] }: CacheResponseOptions): Declared {
  const names = headers.map((name) => name.toLowerCase());
  const secret = names.find((name) => SECRET_HEADERS.has(name));
  if (secret !== undefined) {
    const mend = 'declare `claims: ["sub"]` instead, which an authorizer has verified';
    throw new CacheError("definition_invalid", `a key cannot be made of "${secret}": ${mend}`);
  }
  if (claims.length > 0 && !claims.includes("sub")) {
    const mend = "or users who share the others would share responses";
    throw new CacheError("definition_invalid", `add "sub" to \`claims\`, ${mend}`);
  }
  return { query, headers: names, claims };
}

/** A response of another method; a good one to an unsafe method has changed the URI (RFC 9111 §4.4). */
async function passOn(
  cache: CacheResponseOptions["cache"],
  event: HttpEvent,
  result: HttpResult,
): Promise<HttpResult> {
  const good = result.statusCode >= 200 && result.statusCode < 400;
  if (good && !SAFE_METHODS.has(event.requestContext.http.method)) {
    await cache.invalidate([uriTag(uriOf(event))]);
  }
  return result;
}

/** A response that is this client's alone, as the handler made it. */
function apart(event: HttpEvent, result: HttpResult, status: string): HttpResult {
  const before = result.headers["cache-status"];
  const headers = {
    ...result.headers,
    "cache-status": before === undefined ? status : `${before}, ${status}`,
  };
  if (event.requestContext.http.method !== "HEAD") return { ...result, headers };
  return { ...result, headers, body: "", isBase64Encoded: false };
}

/** The time left to a Lambda function, when the context tells it. */
function budgetOf(context: unknown): { remainingMs?: () => number } {
  if (typeof context !== "object" || context === null) return {};
  if (!("getRemainingTimeInMillis" in context)) return {};
  const { getRemainingTimeInMillis: remaining } = context;
  return typeof remaining === "function"
    ? { remainingMs: () => Number(remaining.call(context)) }
    : {};
}

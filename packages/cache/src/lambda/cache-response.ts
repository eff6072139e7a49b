import { CacheError } from "../errors.ts";
import {
  cachedHandler,
  type CachedHandlerOptions,
  checkHandler,
  checkHandlerOptions,
} from "../http/cached-handler.ts";
import { inquire, narrow } from "./event-parts.ts";
import { askedOf, type HttpApiEvent, isHttpApi, type LambdaEvent } from "./lambda-event.ts";
import { answerOf, toResult } from "./handler-result.ts";
import { type LambdaResult, resultOf } from "./lambda-result.ts";
import { inForm } from "./proxy-event.ts";

export interface CacheResponseOptions<
  Event extends LambdaEvent = HttpApiEvent,
> extends CachedHandlerOptions<Event> {
  /**
   * Claims, `sub` among them, that the gateway's authorizer has verified and the handler reads; each user then has
   * separate entries.
   */
  claims?: readonly string[];
}

/** A handler of HTTP events; `context` is Lambda's, or anything. */
type Handler<Event, Context> = (event: Event, context: Context) => unknown;
type CachedHandler<Event, Context> = (event: Event, context: Context) => Promise<LambdaResult>;

/** Wraps a handler that types its event itself, or leaves that to `cacheResponse`. */
interface WrapHandler<Untyped> {
  (handler: Handler<Untyped, unknown>): CachedHandler<Untyped, unknown>;
  <Event extends LambdaEvent, Context>(
    handler: Handler<Event, Context>,
  ): CachedHandler<Event, Context>;
}

/**
 * Caches the whole responses of a Lambda function behind API Gateway (payloads 1.0 and 2.0), a load balancer or a
 * function URL. The handler sees only what the key covers: host, path and what is declared. Responses with Set-Cookie,
 * `no-store`, `private` (without `claims`), an undeclared Vary, a content coding or any status but 200 (and 404 with
 * `negativeTtl`) are not stored: they go to their own client only, a 5xx to every client that waited for it. Nor are
 * responses to requests with credentials that `claims` do not cover. Methods other than GET and HEAD pass through; a
 * non-error answer to an unsafe one invalidates the URI's entries.
 *
 * @example
 * export const handler = cacheResponse({ cache, name: "weather", ttl: "5 minutes", query: ["city"] })(
 *   async (event) => ({ statusCode: 200, body: await weatherOf(event.queryStringParameters?.city) }),
 * );
 */
export function cacheResponse<TagsEvent extends LambdaEvent = HttpApiEvent>(
  options: CacheResponseOptions<TagsEvent>,
): WrapHandler<TagsEvent> {
  checkHandlerOptions(options, ABOUT, ["claims"]);
  const { claims = [] } = options;
  if (claims.length > 0 && !claims.includes("sub")) {
    const mend = "or users who share the other claims would share responses";
    throw new CacheError("definition_invalid", `add "sub" to \`claims\`, ${mend}`);
  }
  // An event of any kind may arrive; the caller typed `tags` for the kinds that do.
  const cached = cachedHandler<LambdaEvent, LambdaResult>(
    { inquire, narrow, answer: answerOf, apart, send: resultOf },
    options as CachedHandlerOptions<never> as CachedHandlerOptions<LambdaEvent>,
    {
      claims,
      varyOn: claims.length > 0 ? ["Authorization"] : [],
      mend: 'declare `claims: ["sub"]` instead, which an authorizer has verified',
    },
  );
  return <Event extends LambdaEvent, Context>(handler: Handler<Event, Context>) => {
    checkHandler(handler, ABOUT);
    return (event: Event, context: Context) => {
      const handle = async (given: LambdaEvent) => toResult(await handler(given as Event, context));
      return cached(event, handle, budgetOf(context));
    };
  };
}

const ABOUT = "cacheResponse";

/** A response for this client only: the handler's, with one more Cache-Status member, and without its body for HEAD. */
async function apart(
  event: LambdaEvent,
  result: LambdaResult,
  status: string,
): Promise<LambdaResult> {
  const { "cache-status": before } = answerOf(result).headers;
  const { "cache-status": _joined, ...lists } = result.multiValueHeaders ?? {};
  const headers = {
    ...result.headers,
    "cache-status": before === undefined ? status : `${before}, ${status}`,
  };
  const marked = {
    ...result,
    headers,
    ...(result.multiValueHeaders && { multiValueHeaders: lists }),
  };
  const isHead = (await askedOf(event)).method === "HEAD";
  const sent = isHead ? { ...marked, body: "", isBase64Encoded: false } : marked;
  return isHttpApi(event) ? sent : inForm(event, sent);
}

/** Remaining time of a Lambda function, if the context has it. */
function budgetOf(context: unknown): { remainingMs?: () => number } {
  if (typeof context !== "object" || context === null) return {};
  if (!("getRemainingTimeInMillis" in context)) return {};
  const { getRemainingTimeInMillis: remaining } = context;
  return typeof remaining === "function"
    ? { remainingMs: () => Number(remaining.call(context)) }
    : {};
}

import { checkOptions } from "../validate-options.ts";
import type { Cache } from "../cache.ts";
import type { ReadOptions } from "../engine/read-context.ts";
import { CacheError, refuse } from "../errors.ts";
import { describe } from "../faults.ts";
import { checkCdnTags } from "./cdn-tags.ts";
import { forwardStatus } from "./cache-status.ts";
import { type KeyParts, keyPartsOf, type Declared, type Inquiry } from "./key-parts.ts";
import { createReply, type Reply, type ResponseOptions } from "./create-reply.ts";
import {
  defineResponse,
  FailedResponse,
  notFoundBody,
  notShared,
  type ResponseResourceOptions,
  type ResponseSource,
  uriTag,
} from "./response-resource.ts";
import type { Answer } from "./storable.ts";

export interface CachedHandlerOptions<Request>
  extends
    ResponseResourceOptions<Request>,
    Pick<ResponseOptions, "cacheName" | "cdnTags" | "cacheControl" | "now"> {
  cache: Pick<Cache, "getEntry" | "invalidate">;
  /** Query parameters that the handler reads; it gets no others. */
  query?: readonly string[];
  /** Request headers that the handler reads; it gets no others. Not Authorization, Cookie or Proxy-Authorization. */
  headers?: readonly string[];
}

/** The common options of the adapters; each adapter adds the option that identifies the caller. */
export const HANDLER_OPTIONS = [
  "cache",
  "name",
  "ttl",
  "staleWhileRevalidate",
  "negativeTtl",
  "tags",
  "query",
  "headers",
  "cacheControl",
  "cacheName",
  "cdnTags",
  "now",
  "mode",
  "ramp",
];

/** Accessors for one kind of requests and responses. */
export interface Adapter<Request, Native> {
  readonly inquire: (request: Request) => Inquiry | Promise<Inquiry>;
  /** The request as a GET with only the parts of its key and what is the same for every request. */
  readonly narrow: (request: Request, keyParts: KeyParts) => Request;
  readonly answer: (native: Native) => Answer<Native>;
  /** A handler's own response with one more Cache-Status member, and without its body for HEAD. */
  readonly apart: (
    request: Request,
    native: Native,
    cacheStatus: string,
  ) => Native | Promise<Native>;
  readonly send: (request: Request, reply: Reply) => Native | Promise<Native>;
}

/** Headers that are never part of a key: operators can read keys, and these headers are unverified credentials. */
const SECRET_HEADERS = new Set(["authorization", "cookie", "proxy-authorization"]);
const SAFE_METHODS = new Set(["GET", "HEAD", "OPTIONS", "TRACE"]);

/** Throws a CacheError (`definition_invalid`) when an adapter's options are missing, unknown or of the wrong kind. */
export function checkHandlerOptions(
  options: unknown,
  about: string,
  names: readonly string[],
): void {
  const known = [...HANDLER_OPTIONS, ...names].join(" ");
  checkOptions(options, known, { label: `${about}: `, needed: ["cache", "name", "ttl"] });
  const { headers, cdnTags } = options as { headers?: unknown; cdnTags?: unknown };
  if (headers !== undefined && !Array.isArray(headers))
    refuse(`${about}: headers is not a list of names`);
  checkCdnTags(cdnTags, `${about}: cdnTags`);
}

/** Refuses a wrong value in place of a handler, before the first request. */
export function checkHandler(handler: unknown, about: string): void {
  if (typeof handler !== "function")
    refuse(
      `${about}: the handler is ${describe(handler)}: pass a function, as in ${about}(options)(handler)`,
    );
}

/** Caches the responses of a handler for any kind of request: the common implementation of the adapters. */
export function cachedHandler<Request, Native>(
  adapter: Adapter<Request, Native>,
  options: CachedHandlerOptions<Request>,
  {
    claims,
    varyOn,
    mend,
  }: {
    readonly claims: readonly string[];
    readonly varyOn: readonly string[];
    readonly mend: string;
  },
): (
  request: Request,
  handle: (request: Request) => Promise<Native>,
  read?: Partial<ReadOptions<never>>,
) => Promise<Native> {
  const { cache, cacheName = "cache" } = options;
  const declared = { ...declaredBy(options, mend), claims };
  const resource = defineResponse<Request, Native>(options);
  const vary = [...declared.headers, ...varyOn];

  return async (request, handle, read = {}) => {
    const inquiry = await adapter.inquire(request);
    if (inquiry.method !== "GET" && inquiry.method !== "HEAD")
      return passOn(cache, inquiry, adapter.answer(await handle(request)));
    const keyParts = keyPartsOf(inquiry, declared);
    if (keyParts === undefined) {
      const status = forwardStatus(cacheName, "bypass", "credentials");
      return adapter.apart(request, await handle(request), status);
    }
    const narrowed = adapter.narrow(request, keyParts);
    let own: { readonly native: Native } | undefined;
    const source: ResponseSource<Native> = {
      run: async () => adapter.answer(await handle(narrowed)),
      rules: {
        headers: declared.headers,
        ofPrincipal: keyParts.claims["sub"] !== undefined,
        keepsNotFound: resource.negativeMs > 0,
      },
      keepApart: (native) => (own = { native }),
    };
    try {
      const params = { keyParts, request: narrowed };
      const reading = await cache.getEntry(resource, params, {
        ...read,
        source,
        ifNoneMatch: inquiry.header("if-none-match"),
      });
      const reason = notShared(reading.entry.header.headers);
      if (reason === undefined) {
        const errorBody = () => notFoundBody(reading.entry);
        const reply = await createReply(inquiry, reading, { ...options, vary, errorBody });
        return await adapter.send(request, reply);
      }
      // Joined to another request's load: that response is not shared, so the handler runs again for this request.
      const native = own?.native ?? (await handle(narrowed));
      return await adapter.apart(request, native, forwardStatus(cacheName, reading.status, reason));
    } catch (error) {
      if (!(error instanceof FailedResponse)) throw error;
      const status = forwardStatus(cacheName, "miss", "status");
      return adapter.apart(request, error.copy() as Native, status);
    }
  };
}

function declaredBy(
  { query = [], headers = [] }: CachedHandlerOptions<never>,
  mend: string,
): Omit<Declared, "claims"> {
  const names = headers.map((name) => name.toLowerCase());
  const secret = names.find((name) => SECRET_HEADERS.has(name));
  if (secret === undefined) return { query, headers: names };
  throw new CacheError("definition_invalid", `a key cannot be made of "${secret}": ${mend}`);
}

/**
 * Passes on the response to a method other than GET and HEAD. A 2xx or 3xx to an unsafe method first invalidates the
 * responses of the URI (RFC 9111 §4.4).
 */
async function passOn<Native>(
  cache: CachedHandlerOptions<never>["cache"],
  inquiry: Inquiry,
  { status, native }: Answer<Native>,
): Promise<Native> {
  const good = status >= 200 && status < 400;
  if (good && !SAFE_METHODS.has(inquiry.method)) await cache.invalidate([uriTag(inquiry)]);
  return native;
}

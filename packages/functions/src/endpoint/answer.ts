import { Loaded, type CacheEntry } from "@algoitny/cache";
import type { HttpReading } from "@algoitny/cache/http";
import { compressed, toResponse } from "@algoitny/cache/lambda";
import { TAG_HEADER } from "@algoitny/core/validators";
import type { Health } from "../check-health.ts";
import type { HttpEvent, HttpResult } from "./http-event.ts";
import { lastModified, validatorHeaders } from "./validator-headers.ts";
import { HttpError } from "./http-error.ts";
import type { Reading } from "./request-stats.ts";
import { problemResult } from "./problem-document.ts";

/** Answer of a handler; the endpoint turns it into headers and bytes. */
export type Answer =
  | { kind: "json"; status: number; value: unknown; headers: Record<string, string> }
  | {
      kind: "reading";
      reading: Reading;
      missing: string;
      headers: Record<string, string>;
    };

/** 200 with a value that is not cached; a value that a view loaded brings its ETag and Last-Modified. */
export function ok(value: unknown): Answer {
  return uncached(200, value, {});
}

/** 201 with the new item and its address. */
export function created(value: unknown, location: string): Answer {
  return uncached(201, value, { location });
}

function uncached(status: 200 | 201, shown: unknown, headers: Record<string, string>): Answer {
  const { value, options } = shown instanceof Loaded ? shown : new Loaded(shown);
  const kept = validatorHeaders(options.headers ?? {});
  return { kind: "json", status, value, headers: { ...kept, ...headers } };
}

/** 202 Accepted: the work is done later; `location` is the address of its progress. */
export function accepted(value: unknown, location: string): Answer {
  return { kind: "json", status: 202, value, headers: { location } };
}

/** 200, or 503 when the database is down: without the cache the API still answers. */
export function healthAnswer(health: Health): Answer {
  return health.status === "unavailable"
    ? { kind: "json", status: 503, value: health, headers: { "retry-after": "1" } }
    : ok(health);
}

/**
 * A cached answer: bytes as stored, or recoded if the client refuses their coding; `missing` is the text of the 404.
 */
export function cached(
  reading: Reading,
  missing: string,
  headers: Record<string, string> = {},
): Answer {
  return { kind: "reading", reading, missing, headers };
}

/**
 * Answer made from a cached one; its ETag is the source's with a suffix. If the source changes but this answer does
 * not, the client still gets the same bytes again instead of a 304.
 */
export async function derived<Value>(
  reading: CacheEntry<Value>,
  suffix: string,
  missing: string,
  make: (value: NonNullable<Value>) => unknown,
): Promise<Answer> {
  // A read without a body (the client has a copy of the source) is read again: this answer needs the value.
  const source = (await reading.whole?.()) ?? reading;
  const value = await source.value();
  if (value === undefined || value === null) return cached(source, missing);
  const { header, id } = withOwnTag(source).entry;
  const own = { etag: `${header.etag}-${suffix}`, coding: "identity", kind: "json" } as const;
  const body = JSON.stringify(make(value));
  const plainLength = Buffer.byteLength(body);
  const entry: CacheEntry<unknown>["entry"] = {
    id,
    header: { ...header, ...own, plainLength, headers: {} },
    body,
  };
  return cached({ ...source, entry }, missing);
}

/** A reading with the entity tag that its view computed from the value; the cache's own one is a hash of the stored bytes. */
function withOwnTag<Given extends HttpReading>(reading: Given): Given {
  const { entry, whole } = reading;
  const { [TAG_HEADER]: etag } = entry.header.headers;
  if (etag === undefined) return reading;
  return {
    ...reading,
    entry: { ...entry, header: { ...entry.header, etag } },
    ...(whole && { whole: async () => withOwnTag(await whole()) }),
  };
}

/**
 * Dependence of an answer on its caller: `user` answers belong to one user, `viewer` ones (not the role) differ by
 * caller.
 */
export type Audience = "everyone" | "viewer" | "user";

/** Turns an answer into a result of API Gateway. */
export async function toResult(
  event: HttpEvent,
  answer: Answer,
  audience: Audience,
): Promise<HttpResult> {
  if (answer.kind === "reading") {
    const { reading, missing, headers } = answer;
    // Thrown like every other 404: Cache-Status and Age would reveal that a hidden item exists.
    if (reading.entry.header.status === 404) throw new HttpError(404, missing);
    let shown: HttpReading = withOwnTag(reading);
    const { whole } = shown;
    const once = { ...shown, ...(whole && { whole: async () => (shown = await whole()) }) };
    const response = await toResponse(event, once, {
      cacheName: "algoitny",
      cacheControl: cacheControl(event, audience),
      vary: varying(audience),
      errorBody: () => notAcceptable(event),
    });
    const dated = lastModified(shown.entry.header.headers);
    return { ...response, headers: { ...response.headers, ...dated, ...headers } };
  }
  const { headers, ...sent } = await compressed(event, JSON.stringify(answer.value));
  return {
    statusCode: answer.status,
    headers: {
      ...headers,
      "cache-control": cacheControl(event, audience),
      vary: ["Accept-Encoding", ...varying(audience)].join(", "),
      ...answer.headers,
    },
    ...(event.requestContext.http.method === "HEAD" ? { body: "" } : sent),
  };
}

/**
 * Copies may be stored but must be revalidated. Only the browser may store an answer that belongs to a user, or one
 * that differs by caller and was requested with a token.
 */
function cacheControl(event: HttpEvent, audience: Audience): string {
  const personal = audience === "user" || (audience === "viewer" && event.headers["authorization"]);
  return personal ? "private, no-cache" : "no-cache";
}

function varying(audience: Audience): string[] {
  return audience === "everyone" ? ["Origin"] : ["Origin", "Authorization"];
}

function notAcceptable(event: HttpEvent) {
  const error = new HttpError(406, "no content coding is left: accept br, gzip or identity");
  const { headers = {}, body = "" } = problemResult(error, event);
  return { headers: { "content-type": String(headers["content-type"]) }, body };
}

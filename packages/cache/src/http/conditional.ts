import { type HttpRequest, headerOf } from "./event.ts";

const ENTITY_TAG = /(?:W\/)?("[\x21\x23-\x7e\x80-\uffff]*")/g;
const HTTP_DATE = /^[A-Z][a-z]{2,8},? .*\d{2}:\d{2}:\d{2}/;

/**
 * Whether the client's copy is still good (RFC 9110 §13.2.2): If-None-Match is compared weakly and alone decides when it
 * is there; If-Modified-Since counts only without it and when the response tells its Last-Modified.
 */
export function isNotModified(
  { headers, requestContext }: HttpRequest,
  validators: { etag: string; lastModified: string | undefined },
): boolean {
  if (requestContext.http.method !== "GET" && requestContext.http.method !== "HEAD") return false;
  const ifNoneMatch = headerOf(headers, "if-none-match");
  if (ifNoneMatch !== undefined) {
    if (ifNoneMatch.trim() === "*") return true;
    return [...ifNoneMatch.matchAll(ENTITY_TAG)].some(([, opaque]) => opaque === validators.etag);
  }
  const since = httpDate(headerOf(headers, "if-modified-since"));
  // A comparison with NaN is false: without two good dates the response is sent.
  return httpDate(validators.lastModified) <= since;
}

function httpDate(value: string | undefined): number {
  return value !== undefined && HTTP_DATE.test(value) ? Date.parse(value) : Number.NaN;
}

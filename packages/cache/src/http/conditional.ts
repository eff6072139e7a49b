import type { Asked } from "./fields.ts";

const ENTITY_TAG = /(?:W\/)?("[\x21\x23-\x7e\x80-\uffff]*")/g;

/**
 * True if the client's copy is current (RFC 9110 §13.2.2): If-None-Match is compared weakly and, if present, decides
 * alone; otherwise If-Modified-Since counts, if the response has a Last-Modified.
 */
export async function isNotModified(
  { method, header }: Asked,
  validators: { etag: string; lastModified: string | undefined },
): Promise<boolean> {
  if (method !== "GET" && method !== "HEAD") return false;
  const ifNoneMatch = header("if-none-match");
  if (ifNoneMatch !== undefined) {
    if (ifNoneMatch.trim() === "*") return true;
    return [...ifNoneMatch.matchAll(ENTITY_TAG)].some(([, opaque]) => opaque === validators.etag);
  }
  const since = header("if-modified-since");
  const { lastModified } = validators;
  if (!since || !lastModified) return false;
  const { parseHttpDate } = await import("./http-date.ts");
  // A comparison with NaN is false: without two valid dates the response is sent.
  return parseHttpDate(lastModified) <= parseHttpDate(since);
}

import type { HttpResult } from "./http-event.ts";

/** Headers of every answer: browsers must not guess another media type than the one declared. */
const STANDARD_HEADERS = { "x-content-type-options": "nosniff" };

/** Adds the headers that every answer carries, and those of this one answer. */
export function withStandardHeaders(
  result: HttpResult,
  headers: Readonly<Record<string, string>> = {},
): HttpResult {
  return { ...result, headers: { ...result.headers, ...headers, ...STANDARD_HEADERS } };
}

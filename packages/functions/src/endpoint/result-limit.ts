import type { HttpResult } from "./event.ts";
import { HttpError } from "./http-error.ts";

/**
 * Largest result that Lambda hands on, as JSON: 6 MB; 16 KB of them are kept for headers.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
const RESULT_LIMIT_BYTES = 6 * 1024 * 1024 - 16 * 1024;

/** Most bytes of JSON that one character of a body takes, as in `\u0000`. */
const BYTES_PER_CHARACTER = 6;

/** Passes on a result that fits; throws a 413 for one that the gateway would turn into a 500 without a word. */
export function requireRoom(result: HttpResult): HttpResult {
  const { body = "" } = result;
  const fits =
    body.length * BYTES_PER_CHARACTER <= RESULT_LIMIT_BYTES ||
    Buffer.byteLength(JSON.stringify(body)) <= RESULT_LIMIT_BYTES;
  if (fits) return result;
  throw new HttpError(
    413,
    "the answer is over 6 MB, which is more than can be sent; with `Accept-Encoding: br` it may be less",
  );
}

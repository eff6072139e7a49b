import type { HttpEvent, HttpResult } from "./http-event.ts";
import { HttpError } from "./http-error.ts";

/**
 * Largest result that Lambda accepts, as JSON: 6 MB, of which 16 KB are reserved for headers. Source:
 * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
const RESULT_LIMIT_BYTES = 6 * 1024 * 1024 - 16 * 1024;

/** Highest number of bytes of JSON that one character of a body takes, as in `\u0000`. */
const BYTES_PER_CHARACTER = 6;

const TOO_LARGE =
  "the answer is over 6 MB, which is more than can be sent; with `Accept-Encoding: br` it may be less";

/**
 * Passes on a result that fits; the gateway would turn a larger one into a 500 without explanation. A read with a larger
 * one becomes a 413. A write is already made, and an error would make its client repeat it: its answer keeps the status
 * and has the address of the result.
 */
export function withinLimit(event: HttpEvent, result: HttpResult, instead?: string): HttpResult {
  if (fits(result)) return result;
  const { method } = event.requestContext.http;
  if (method === "GET" || method === "HEAD") {
    throw new HttpError(413, instead === undefined ? TOO_LARGE : `${TOO_LARGE}; ${instead}`);
  }
  const { "content-encoding": _, ...headers } = result.headers ?? {};
  return {
    statusCode: result.statusCode ?? 200,
    headers: { location: encodedPath(event), ...headers },
    body: JSON.stringify({ message: `done, but ${TOO_LARGE}` }),
  };
}

/** API Gateway decodes `rawPath`: unchanged, it could contain characters that headers must not. */
function encodedPath({ rawPath }: HttpEvent): string {
  return rawPath.split("/").map(encodeURIComponent).join("/");
}

function fits({ body = "" }: HttpResult): boolean {
  return (
    body.length * BYTES_PER_CHARACTER <= RESULT_LIMIT_BYTES ||
    Buffer.byteLength(JSON.stringify(body)) <= RESULT_LIMIT_BYTES
  );
}

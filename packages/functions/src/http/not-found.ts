import type { HttpEvent, HttpResult } from "../endpoint/http-event.ts";
import { HttpError } from "../endpoint/http-error.ts";
import { problemResult } from "../endpoint/problem-document.ts";
import { withStandardHeaders } from "../endpoint/standard-headers.ts";

/**
 * `$default` and preflights. An OPTIONS is a 204, to which the gateway adds the CORS headers; anything else is a 404, never
 * a 401, which clients take as "signed out".
 */
export async function handler(event: HttpEvent): Promise<HttpResult> {
  const { method, path } = event.requestContext.http;
  const result: HttpResult =
    method === "OPTIONS"
      ? { statusCode: 204, headers: { vary: "Origin" } }
      : problemResult(new HttpError(404, `${method} ${path} not found`), event);
  return withStandardHeaders(result);
}

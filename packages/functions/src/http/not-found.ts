import { methodsOf } from "../deployment/routes.ts";
import type { HttpEvent, HttpResult } from "../endpoint/http-event.ts";
import { HttpError } from "../endpoint/http-error.ts";
import { problemResult } from "../endpoint/problem-document.ts";
import { withStandardHeaders } from "../endpoint/standard-headers.ts";

/**
 * `$default` and preflights. An OPTIONS is a 204, to which the gateway adds the CORS headers; another method of a known
 * path is a 405, anything else a 404, but never a 401, which clients take for "signed out".
 */
export async function handler(event: HttpEvent): Promise<HttpResult> {
  const { method, path } = event.requestContext.http;
  const result: HttpResult =
    method === "OPTIONS"
      ? { statusCode: 204, headers: { vary: "Origin" } }
      : problemResult(refusal(method, path), event);
  return withStandardHeaders(result);
}

function refusal(method: string, path: string): HttpError {
  const allowed = methodsOf(path);
  if (allowed.length === 0) {
    const advice = /^\/(api\/?)?$/.test(path) ? ": the API is described at /api/docs/" : "";
    return new HttpError(404, `${method} ${path} not found${advice}`);
  }
  const allow = [...allowed, "OPTIONS"].join(", ");
  return new HttpError(405, `${path} takes ${allow}, not ${method}`, { headers: { allow } });
}

import type { HttpEvent, HttpResult } from "../endpoint/event.ts";
import { HttpError } from "../endpoint/http-error.ts";
import { problemResult } from "../endpoint/problem-document.ts";
import { withStandardHeaders } from "../endpoint/standard-headers.ts";

/** `$default`: whatever no route matches. Never a 401, which clients take as "signed out". */
export async function handler(event: HttpEvent): Promise<HttpResult> {
  const { method, path } = event.requestContext.http;
  return withStandardHeaders(
    problemResult(new HttpError(404, `${method} ${path} not found`), event),
  );
}

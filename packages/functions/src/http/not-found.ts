import type { HttpEvent, HttpResult } from "../endpoint/event.ts";
import { HttpError } from "../endpoint/http-error.ts";
import { problemResult } from "../endpoint/problem-document.ts";

/** `$default`: whatever no route matches. Never a 401, which clients take as "signed out". */
export async function handler(event: HttpEvent): Promise<HttpResult> {
  const { method, path } = event.requestContext.http;
  return problemResult(new HttpError(404, `there is no ${method} ${path}`), event);
}

import type { HttpEvent, HttpResult } from "./http-event.ts";
import { type HttpError, TITLES } from "./http-error.ts";

/** An error as clients read it: `error` for existing clients, the rest by RFC 9457. HEAD gets only the headers. */
export function problemResult(error: HttpError, event: HttpEvent): HttpResult {
  const { status, message, errors } = error;
  const document = {
    error: message,
    type: "about:blank",
    title: TITLES[status],
    status,
    detail: message,
    ...(errors && { errors }),
  };
  return {
    statusCode: status,
    headers: {
      "content-type": asksForProblemJson(event.headers["accept"])
        ? "application/problem+json"
        : "application/json",
      "cache-control":
        event.headers["authorization"] === undefined ? "no-cache" : "private, no-cache",
      vary: "Accept, Accept-Encoding, Origin, Authorization",
      ...error.headers,
    },
    body: event.requestContext.http.method === "HEAD" ? "" : JSON.stringify(document),
  };
}

/**
 * True if `Accept` names `application/problem+json` with at least the weight of `application/json`. A wildcard is not
 * enough: existing clients look for exactly `application/json`.
 */
export function asksForProblemJson(accept = ""): boolean {
  const weights = new Map(accept.toLowerCase().split(",").map(weighted));
  const problem = weights.get("application/problem+json") ?? 0;
  return problem > 0 && problem >= (weights.get("application/json") ?? 0);
}

function weighted(range: string): [type: string, weight: number] {
  const [type = "", ...parameters] = range.split(";").map((part) => part.trim());
  const quality = parameters.find((parameter) => parameter.startsWith("q="));
  return [type, quality === undefined ? 1 : Number(quality.slice(2)) || 0];
}

import { type Fields, headerOf, listOf } from "./fields.ts";

/**
 * Headers of one answer, one client or one connection: each answer gets new ones, or none. `replayable` drops CORS headers
 * too, because they answer one request's Origin: the gateway or the outermost handler adds them.
 */
const NOT_REPLAYED = new Set(
  [
    // Of one connection (RFC 9110 §7.6.1).
    "connection keep-alive proxy-connection te trailer transfer-encoding upgrade",
    "proxy-authenticate proxy-authentication-info proxy-authorization",
    // Of one client.
    "set-cookie set-cookie2 www-authenticate authentication-info",
    // Of one answer: made from the entry and the moment. API gateways add Date and Content-Length.
    "age cache-status content-encoding content-length date etag server-timing",
  ].flatMap((names) => names.split(" ")),
);

/** Headers that may be stored with a body and sent with it again, their names in lower case. */
export function replayable(headers: Fields): Record<string, string> {
  const ofConnection = listOf(headerOf(headers, "connection"));
  const kept: Record<string, string> = {};
  for (const [given, value] of Object.entries(headers)) {
    const name = given.toLowerCase();
    // A name that starts with ":" is a note of the cache.
    const dropped =
      NOT_REPLAYED.has(name) || /^(?:access-control-|:)/.test(name) || ofConnection.includes(name);
    if (!dropped && typeof value === "string") kept[name] = value;
  }
  return kept;
}

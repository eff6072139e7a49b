import { hash, timingSafeEqual } from "node:crypto";
import { ORIGIN_HEADER } from "../deployment/edge.ts";
import type { HttpEvent } from "./http-event.ts";
import { HttpError } from "./http-error.ts";

const digest = (text: string): Buffer => Buffer.from(hash("sha256", text), "hex");

/**
 * Builds the check that a request came through the edge: requests to the gateway's own address would bypass the edge's
 * limits. The check throws a 403. Without a secret there is no edge, and every request passes.
 */
export function createOriginCheck(
  secret: string | undefined,
): (event: Pick<HttpEvent, "headers">) => void {
  if (secret === undefined) return () => {};
  const expected = digest(secret);
  return ({ headers }) => {
    if (timingSafeEqual(digest(headers[ORIGIN_HEADER] ?? ""), expected)) return;
    throw new HttpError(403, "use the API's own domain: this address takes no requests");
  };
}

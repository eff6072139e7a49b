import { hash } from "node:crypto";
import { compressed } from "@algoitny/cache/lambda";
import type { Context } from "aws-lambda";
import type { RouteKey } from "../deployment/routes.ts";
import { once } from "../once.ts";
import { createObserver, type Observer } from "../telemetry/observe.ts";
import { withProcessMetrics } from "../telemetry/process-metrics.ts";
import { idsOf } from "./endpoint.ts";
import type { HttpEvent, HttpResult } from "./http-event.ts";
import { isUnchanged } from "./preconditions.ts";
import { timingHeader } from "./request-stats.ts";
import { withStandardHeaders } from "./standard-headers.ts";

/** Public text, the same for every caller. */
export interface StaticText {
  contentType: string;
  text: string;
  headers?: Readonly<Record<string, string>>;
}

/** Makes a handler from a text that is made once per process. It reads no token, and is linked to nothing. */
export function staticEndpoint(
  route: RouteKey,
  make: () => Promise<StaticText>,
  { observe }: Pick<Observer, "observe"> = withProcessMetrics(createObserver()),
) {
  const file = once(async () => {
    const found = await make();
    return { ...found, digest: hash("sha256", found.text, "base64url").slice(0, 22) };
  });
  return async (event: HttpEvent, context: Pick<Context, "awsRequestId">): Promise<HttpResult> => {
    const observed = { subject: "endpoint", name: route, ids: idsOf(event, context) } as const;
    return observe(observed, async () => {
      const result = await answer(event, await file());
      const cost = { databaseCalls: 0, reading: undefined, tags: [] };
      return withStandardHeaders(result, timingHeader(result, cost));
    });
  };
}

async function answer(
  event: HttpEvent,
  { contentType, text, headers, digest }: StaticText & { digest: string },
): Promise<HttpResult> {
  const { headers: coded, ...sent } = await compressed(event, text);
  const coding = coded["content-encoding"];
  const etag = `"${digest}${coding === undefined ? "" : `-${coding}`}"`;
  const validators = { etag, "cache-control": "no-cache", vary: "Accept-Encoding, Origin" };
  if (isUnchanged(event, etag)) return { statusCode: 304, headers: validators };
  return {
    statusCode: 200,
    headers: { ...coded, "content-type": contentType, ...headers, ...validators },
    ...(event.requestContext.http.method === "HEAD" ? { body: "" } : sent),
  };
}

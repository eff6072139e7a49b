import type { Context } from "aws-lambda";
import { healthAnswer, toResult } from "../endpoint/answer.ts";
import { idsOf } from "../endpoint/endpoint.ts";
import type { HttpEvent, HttpResult } from "../endpoint/http-event.ts";
import { timingHeader } from "../endpoint/request-stats.ts";
import { withStandardHeaders } from "../endpoint/standard-headers.ts";
import { createObserver } from "../telemetry/observe.ts";
import { withProcessMetrics } from "../telemetry/process-metrics.ts";

const { observe } = withProcessMetrics(createObserver());

const ALIVE = { status: "ok", checks: { redis: "not checked", dynamodb: "not checked" } } as const;

/**
 * The answer itself says that the function is alive: a restart repairs neither Redis nor the database. It reads no token,
 * because it is linked to no issuer that could verify one.
 */
export function handler(
  event: HttpEvent,
  context: Pick<Context, "awsRequestId">,
): Promise<HttpResult> {
  const observed = {
    subject: "endpoint",
    name: "GET /api/health/live/",
    ids: idsOf(event, context),
  } as const;
  return observe(observed, async () => {
    const result = await toResult(event, healthAnswer(ALIVE), "everyone");
    return withStandardHeaders(
      result,
      timingHeader(result, { databaseCalls: 0, reading: undefined, tags: [] }),
    );
  });
}

import { cache, log, observe, openSource, popularity, store, publish } from "../runtime.ts";
import type { InvocationContext } from "../telemetry/observe-batch.ts";
import { warm, type WarmingRequest } from "./warm.ts";
import type { PlanReport, WarmingReport } from "./warming-report.ts";

/** Warms for a schedule, within its invocation's time. */
export function warmWith(
  schedule: string,
  request: WarmingRequest,
  context: InvocationContext,
): Promise<WarmingReport> {
  const ids = { function_request_id: context.awsRequestId };
  return observe({ subject: "schedule", name: schedule, ids }, async () => {
    const report = await warm(request, {
      cache,
      store,
      source: openSource(),
      mostRead: popularity.mostRead,
      log,
      remainingMs: () => context.getRemainingTimeInMillis(),
    });
    report.plans.forEach(publishPlan);
    return report;
  });
}

function publishPlan({ plan, refreshed, skipped, failed, left, ...rest }: PlanReport): void {
  const { error, out_of_time: late, ms } = rest;
  publish("plan", plan, {
    Warmed: refreshed.length,
    WarmingSkipped: skipped.length,
    WarmingFailed: failed.length,
    WarmingLeft: left.length,
    Errors: error === undefined && !late ? 0 : 1,
    DurationMs: ms,
  });
}

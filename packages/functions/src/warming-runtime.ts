import type { Context } from "aws-lambda";
import { cache, log, openSource, popularity, store } from "./runtime.ts";
import { warm, type WarmingRequest } from "./warming.ts";
import type { WarmingReport } from "./warming-report.ts";

/** Warms on a schedule's behalf, as long as its invocation may run. */
export function warmWith(
  request: WarmingRequest,
  context: Pick<Context, "getRemainingTimeInMillis">,
): Promise<WarmingReport> {
  return warm(request, {
    cache,
    store,
    source: openSource({ databaseCalls: 0 }),
    mostRead: popularity.mostRead,
    log,
    remainingMs: () => context.getRemainingTimeInMillis(),
  });
}

import * as z from "zod";
import { beat, type BeatReport } from "../beat/run-beat.ts";
import { createRecordedProbe } from "../beat/recorded-probe.ts";
import { createSeenProbes } from "../beat/seen-probes.ts";
import { PROBES } from "../deployment/schedules.ts";
import { links } from "../links.ts";
import { parseEvent } from "../parse-event.ts";
import {
  cache,
  countCall,
  hasRecordedViews,
  log,
  observe,
  openSource,
  openTables,
} from "../runtime.ts";
import { readStoreTimeoutMs } from "../store-timeout.ts";
import { describeError } from "../telemetry/log.ts";
import type { InvocationContext } from "../telemetry/observe-batch.ts";
import { addMetric } from "../telemetry/scope.ts";

const Event = z.object({ probes: z.int().min(1).max(1_000).default(PROBES) });

const seen = createSeenProbes(links.redis(), readStoreTimeoutMs(process.env));

/**
 * Schedule → moves the closed timestamp, which limits the staleness of served entries to `MAX_STALENESS` while loads
 * succeed, whatever the stream and Redis do. A failed run is not retried: the next one comes in a minute, and two at
 * a time would each report a roll-back.
 */
export function handler(
  event: unknown,
  context: InvocationContext,
): Promise<BeatReport | { state: "failed" }> {
  const { probes } = parseEvent(Event, event);
  const ids = { function_request_id: context.awsRequestId };
  return observe({ subject: "schedule", name: "Beat", ids }, async () => {
    try {
      // The probes prove that the stream invalidates, so their writes must not invalidate.
      const { beats } = (await openTables())(countCall, { isBare: true });
      const recorded = hasRecordedViews ? createRecordedProbe(cache, openSource()) : undefined;
      const report = await beat(probes, { cache, beats, seen, log, recorded });
      addMetric("ClosedAgeMs", report.closed_age_ms);
      if (report.reset) addMetric("StoreResets", 1);
      return report;
    } catch (error) {
      addMetric("Errors", 1);
      log.error("the beat failed", { error: describeError(error) });
      return { state: "failed" };
    }
  });
}

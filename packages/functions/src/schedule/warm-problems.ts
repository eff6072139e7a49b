import { timetable } from "@algoitny/core/timetable";
import * as z from "zod";
import { parseEvent } from "../parse-event.ts";
import type { InvocationContext } from "../telemetry/observe-batch.ts";
import { warmWith } from "../warming/warming-runtime.ts";
import type { WarmingReport } from "../warming/warming-report.ts";

/** Event of a manual run: one plan, or a dry run; the schedule itself sends neither. */
const Event = z.object({
  plan: z.enum(timetable.problems.plans).optional(),
  dry_run: z.boolean().optional(),
});

/** Warms the shared views of problems: lists, registered, drafts, details of the newest and of the most read. */
export async function handler(event: unknown, context: InvocationContext): Promise<WarmingReport> {
  const { plan, dry_run: dryRun } = parseEvent(Event, event);
  return warmWith(
    "WarmProblems",
    { plans: plan ? [plan] : timetable.problems.plans, dryRun },
    context,
  );
}

import { timetable } from "@algoitny/core/timetable";
import * as z from "zod";
import { parseEvent } from "../parse-event.ts";
import type { InvocationContext } from "../telemetry/observe-batch.ts";
import { warmWith } from "../warming/warming-runtime.ts";
import type { WarmingReport } from "../warming/warming-report.ts";

/** Event of a manual run: subjects instead of recently active users, or a dry run; the schedule itself sends neither. */
const Event = z.object({
  userIds: z.array(z.string().min(1)).max(1_000).optional(),
  dry_run: z.boolean().optional(),
});

/** Schedule → statistics of the users who were active in the last 7 days, or of those given. */
export async function handler(event: unknown, context: InvocationContext): Promise<WarmingReport> {
  const { userIds, dry_run: dryRun } = parseEvent(Event, event);
  return warmWith("WarmUserStats", { plans: timetable.user_stats.plans, userIds, dryRun }, context);
}

import { timetable } from "@algoitny/core/timetable";
import type { Context } from "aws-lambda";
import * as z from "zod";
import { warmWith } from "../warming-runtime.ts";
import type { WarmingReport } from "../warming-report.ts";

/** By hand: one plan, or a dry run; the schedule itself asks for nothing special. */
const Event = z.object({
  plan: z.enum(timetable.problems.plans).optional(),
  dry_run: z.boolean().optional(),
});

/** Schedule → what everybody reads of problems: lists, registered, drafts, details of the newest and of the most read. */
export async function handler(
  event: unknown,
  context: Pick<Context, "getRemainingTimeInMillis">,
): Promise<WarmingReport> {
  const { plan, dry_run: dryRun } = Event.parse(event);
  return warmWith({ plans: plan ? [plan] : timetable.problems.plans, dryRun }, context);
}

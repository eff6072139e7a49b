import type { Context } from "aws-lambda";
import { cache, log, openSource } from "../runtime.ts";
import { warm, type WarmingResult } from "../warming.ts";

/** Schedule → what everybody reads of problems: lists, registered, drafts, details of the newest. */
export function handler(
  _: unknown,
  context: Pick<Context, "getRemainingTimeInMillis">,
): Promise<WarmingResult> {
  return warm(
    ["problem_lists", "problem_registered", "problem_drafts", "problem_details"],
    {},
    {
      cache,
      log,
      source: openSource({ databaseCalls: 0 }),
      remainingMs: () => context.getRemainingTimeInMillis(),
    },
  );
}

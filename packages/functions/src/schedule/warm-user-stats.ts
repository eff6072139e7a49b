import type { Context } from "aws-lambda";
import * as z from "zod";
import { cache, log, openSource } from "../runtime.ts";
import { warm, type WarmingResult } from "../warming.ts";

/** Subjects may be given by hand; the schedule itself gives none. */
const Event = z.object({ userIds: z.array(z.string().min(1)).max(1_000).optional() });

/** Schedule → statistics of the users who were active in the last 7 days, or of those given. */
export async function handler(
  event: unknown,
  context: Pick<Context, "getRemainingTimeInMillis">,
): Promise<WarmingResult> {
  const { userIds } = Event.parse(event);
  const remainingMs = () => context.getRemainingTimeInMillis();
  return warm(["user_stats"], userIds ? { userIds } : {}, {
    cache,
    log,
    source: openSource({ databaseCalls: 0 }),
    remainingMs,
  });
}

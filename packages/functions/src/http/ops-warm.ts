import { Subject } from "@algoitny/core/user/user";
import { planNames } from "@algoitny/core/warming";
import * as z from "zod";
import { ok } from "../endpoint/answer.ts";
import { endpoint } from "../http-runtime.ts";
import { popularity, log, store } from "../runtime.ts";
import { warm } from "../warming/warm.ts";

const Body = z.strictObject({
  /** Default: all of them. */
  plan: z.enum(planNames).optional(),
  /** For `user_stats`: subjects, instead of those active in the last 7 days. */
  userIds: z.array(Subject).max(1_000).optional(),
  dry_run: z.boolean().default(false),
});

/** Warms what a plan names, as far as time allows; the answer lists every entry. */
export const handler = endpoint(
  "POST /api/ops/cache/warm/",
  { body: Body },
  async ({ body: { plan, userIds, dry_run: dryRun } }, { cache, source, remainingMs }) => {
    const request = { plans: plan === undefined ? planNames : [plan], userIds, dryRun };
    const { mostRead } = popularity;
    return ok(await warm(request, { cache, store, source, mostRead, log, remainingMs }));
  },
);

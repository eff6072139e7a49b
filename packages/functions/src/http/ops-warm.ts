import { plans, type PlanName } from "@algoitny/core/warming";
import * as z from "zod";
import { ok } from "../endpoint/answer.ts";
import { endpoint, log } from "../runtime.ts";
import { warm } from "../warming.ts";

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- `keys` forgets the names
const NAMES = Object.keys(plans) as PlanName[];

const Body = z.strictObject({
  /** Default: all of them. */
  plan: z.enum(NAMES).optional(),
  /** For `user_stats`: subjects, instead of those active in the last 7 days. */
  userIds: z.array(z.string().min(1).max(255)).max(1_000).optional(),
});

export const handler = endpoint(
  "POST /api/ops/cache/warm/",
  { body: Body },
  async ({ body: { plan, userIds } }, { cache, source, remainingMs }) => {
    const names = plan === undefined ? NAMES : [plan];
    return ok(await warm(names, userIds ? { userIds } : {}, { cache, source, log, remainingMs }));
  },
);

import { planNames } from "@algoitny/core/timetable";
import { ok } from "../endpoint/answer.ts";
import { warmCache } from "../contract/operation-shapes.ts";
import { endpoint } from "../http-runtime.ts";
import { popularity, log, store } from "../runtime.ts";
import { warm } from "../warming/warm.ts";

/** Warms the entries of one plan or of all, as far as time allows; the answer lists every entry. */
export const handler = endpoint(
  "POST /api/ops/cache/warm/",
  warmCache,
  async ({ body: { plan, userIds, dry_run: dryRun } }, { cache, source, remainingMs }) => {
    const request = { plans: plan === undefined ? planNames : [plan], userIds, dryRun };
    const { mostRead } = popularity;
    return ok(await warm(request, { cache, store, source, mostRead, log, remainingMs }));
  },
);

import { accepted, ok } from "../endpoint/answer.ts";
import { invalidateManually } from "../invalidation/manual-invalidation.ts";
import { requestInvalidation } from "../invalidation/invalidation-requests.ts";
import { queueUrl } from "../links.ts";
import { invalidate } from "../contract/operation-shapes.ts";
import { endpoint } from "../http-runtime.ts";
import { namesOfOperators } from "../invalidation/names-of-operators.ts";
import { send } from "../runtime.ts";

/** Invalidates at once, or with `async` as a job; `Location` is the address of its progress. */
export const handler = endpoint(
  "POST /api/ops/cache/invalidate/",
  invalidate,
  async (
    { body: { dry_run: dryRun, async: later, ...request } },
    { cache, caller, tables, invalidated },
  ) => {
    if (!later) {
      const result = await invalidateManually(request, {
        cache,
        dryRun,
        namesOf: namesOfOperators,
      });
      if (!dryRun) invalidated(result.tags);
      return ok({ dry_run: dryRun, ...result });
    }
    const { jobs } = await tables();
    const url = queueUrl("InvalidationRequests");
    const job = await requestInvalidation(request, { jobs, url, send, by: caller.sub });
    return accepted(job, `/api/ops/cache/invalidations/${job.id}/`);
  },
);

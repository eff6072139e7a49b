import { ok } from "../endpoint/answer.ts";
import { HttpError } from "../endpoint/http-error.ts";
import { toJobView } from "../invalidation/invalidation-requests.ts";
import { showInvalidation } from "../contract/operation-shapes.ts";
import { endpoint } from "../http-runtime.ts";

/** Returns the state and result of an asynchronous invalidation; kept for a week. */
export const handler = endpoint(
  "GET /api/ops/cache/invalidations/{id}/",
  showInvalidation,
  async ({ path: { id } }, { tables }) => {
    const job = await (await tables()).jobs.get(id);
    if (!job)
      throw new HttpError(404, "invalidation not found: no such id, or it is over a week old");
    return ok(toJobView(job));
  },
);

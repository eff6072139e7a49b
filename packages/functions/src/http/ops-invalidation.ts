import * as z from "zod";
import { ok } from "../endpoint/answer.ts";
import { HttpError } from "../endpoint/http-error.ts";
import { toJobView } from "../invalidation/invalidation-requests.ts";
import { endpoint } from "../http-runtime.ts";

const Path = z.object({ id: z.uuid("give the id of an asynchronous invalidation") });

/** Returns the state and result of an asynchronous invalidation; kept for a week. */
export const handler = endpoint(
  "GET /api/ops/cache/invalidations/{id}/",
  { path: Path },
  async ({ path: { id } }, { tables }) => {
    const job = await (await tables()).jobs.get(id);
    if (!job)
      throw new HttpError(404, "invalidation not found: no such id, or it is over a week old");
    return ok(toJobView(job));
  },
);

import { ok } from "../endpoint/answer.ts";
import { endpoint } from "../http-runtime.ts";
import { eventCounts } from "../runtime.ts";
import { countEntries } from "../telemetry/statistics.ts";

/** Returns the numbers of stored entries, and of the cache events of the process that answers. */
export const handler = endpoint(
  "GET /api/ops/cache/stats/",
  {},
  async (_, { cache, remainingMs }) =>
    ok({ ...(await countEntries(cache, remainingMs)), this_process: eventCounts() }),
);

import { seeRequests } from "../contract/operation-shapes.ts";
import { ok } from "../endpoint/answer.ts";
import { createReadRequests } from "../feed/read-requests.ts";
import { endpoint } from "../http-runtime.ts";
import { readServiceName } from "../telemetry/observe.ts";

const readRequests = createReadRequests(readServiceName(process.env));

/** The log takes a line some seconds after its request: who asks again asks from so much earlier, and drops what it knows. */
const LATE_MS = 10_000;

/** Outcomes of the latest requests, from the functions' own lines: nothing of who asked, and no key. */
export const handler = endpoint(
  "GET /api/ops/requests/",
  seeRequests,
  async ({ query: { from, outcome } }) => {
    const nowMs = Date.now();
    const oldestMs = nowMs - 15 * 60_000;
    const requests = await readRequests(Math.max(from ?? nowMs - LATE_MS, oldestMs), outcome);
    return ok({ requests, next_from: nowMs - LATE_MS });
  },
);

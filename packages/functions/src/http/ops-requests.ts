import { seeRequests } from "../contract/operation-shapes.ts";
import { ok } from "../endpoint/answer.ts";
import { createReadRequests } from "../feed/read-requests.ts";
import { endpoint } from "../http-runtime.ts";
import { readServiceName } from "../telemetry/observe.ts";

const readRequests = createReadRequests(readServiceName(process.env));

/**
 * Time by which `next_from` lies before now, because CloudWatch shows a line some seconds after its request. A client that
 * polls drops the requests that it already has.
 */
const LATE_MS = 10_000;

/** Outcomes of the latest requests, from the functions' own log lines: without callers and keys. */
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

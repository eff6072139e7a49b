import { setTimeout as delay } from "node:timers/promises";
import * as z from "zod";
import type { ApiClient } from "../api-client.ts";
import type { EndpointLoad } from "./tally.ts";

const COUNTED = ["requests", "hit", "stale", "miss", "bypass"] as const;
type Counted = (typeof COUNTED)[number];
type Counts = Record<Counted, number>;

const Totals = z.object({
  as_of: z.number(),
  endpoints: z.record(
    z.string(),
    z.object({
      requests: z.number(),
      hit: z.number(),
      stale: z.number(),
      miss: z.number(),
      bypass: z.number(),
    }),
  ),
});

/** Totals of the API, by endpoint. */
export type ApiTotals = Readonly<Record<string, Counts>>;

/** Time between two requests; an API keeps an answer for longer: a deployed one for 30 s. */
const POLL_EVERY_MS = 6_000;

/** Equal answers in a row, of different times, after which the numbers count as complete. */
const EQUAL_ANSWERS = 3;

/** Number of requests before it gives up: 10 minutes of them, because CloudWatch takes minutes. */
const MOST_POLLS = 100;

/** Excludes operators' endpoints: this program polls one of them, and a dashboard may be open. */
function visited(endpoints: ApiTotals): ApiTotals {
  const others = Object.entries(endpoints).filter(([name]) => !name.includes(" /api/ops/"));
  return Object.fromEntries(others);
}

/** Reads the API's counts since a time, once they have stopped changing. Rejects if they do not stop. */
export async function readTotals(
  api: Pick<ApiClient, "call">,
  fromSeconds: number,
  sleep: (ms: number) => Promise<unknown> = delay,
): Promise<ApiTotals> {
  let last = "";
  let lastAsOf: number | undefined;
  let still = 0;
  for (let poll = 0; poll < MOST_POLLS; poll += 1) {
    const answer = await api.call("GET", `/api/ops/metrics/?by=endpoint&from=${fromSeconds}`);
    const { as_of: asOf, endpoints: all } = Totals.parse(answer);
    const endpoints = visited(all);
    const text = JSON.stringify(endpoints);
    if (text !== last) still = 1;
    else if (asOf !== lastAsOf) still += 1;
    last = text;
    lastAsOf = asOf;
    if (still === EQUAL_ANSWERS) return endpoints;
    await sleep(POLL_EVERY_MS);
  }
  throw new Error("the API's numbers keep changing: stop other traffic, then try again");
}

/** One number that differs. */
export interface Difference {
  endpoint: string;
  what: Counted;
  /** Count in the answers that this program got. */
  sent: number;
  /** Count of the API. */
  counted: number;
}

const NONE: Counts = { requests: 0, hit: 0, stale: 0, miss: 0, bypass: 0 };

/** Compares the requests sent with those that the API counted in the same time, for every endpoint of the load. */
export function differences(
  sent: Readonly<Record<string, EndpointLoad>>,
  before: ApiTotals,
  after: ApiTotals,
): Difference[] {
  return Object.entries(sent).flatMap(
    ([endpoint, { refused, given_up: givenUp, unanswered, ...load }]) => {
      // Requests that the gateway refused reached no function; requests without an answer may have reached one.
      const own: Counts = { ...load, requests: load.requests - refused - unanswered };
      return COUNTED.map((what) => ({
        endpoint,
        what,
        sent: own[what],
        counted: (after[endpoint] ?? NONE)[what] - (before[endpoint] ?? NONE)[what],
      })).filter(({ counted, ...each }) => {
        const more = counted - each.sent;
        return more < 0 || more > givenUp + unanswered;
      });
    },
  );
}

/** Result of a check, as lines. */
export function checkText(found: readonly Difference[]): string {
  if (found.length === 0)
    return "The API's counts agree; a request without a function's answer may be in them or not.";
  return [
    "The API's counts differ (other traffic in this time is counted too):",
    ...found.map(
      ({ endpoint, what, sent, counted }) =>
        `  ${endpoint} ${what}: ${sent} here, ${counted} there`,
    ),
  ].join("\n");
}

import * as z from "zod";
import { type AwsEnvironment, createAwsJson } from "../aws-json.ts";
import { requestLogGroup } from "../deployment/request-log.ts";
import { OUTCOMES } from "../telemetry/outcome.ts";

type Outcome = keyof typeof OUTCOMES;

/** One request, from its function's log line. */
export interface SeenRequest {
  id: string;
  /** Milliseconds since the epoch. */
  at: number;
  endpoint: string;
  /** Null if no cached view was read. */
  outcome: Outcome | null;
  /** Reason of a miss. */
  reason: string | null;
  ms: number;
  database_reads: number;
  tags_invalidated: number;
  failed: boolean;
  /** Status of an answer of 400 and above; null for any other. */
  status: number | null;
  /** Id of the key that was read, as `explain` shows it; null if no key was read. */
  key_id: string | null;
}

const Events = z.object({
  events: z.array(z.object({ eventId: z.string(), timestamp: z.number(), message: z.string() })),
  nextToken: z.string().optional(),
});

const count = z.number().default(0);

/** A line of one request, as telemetry/emf.ts writes it. */
const Line = z.looseObject({
  endpoint: z.string(),
  DurationMs: z.number(),
  DatabaseReads: count,
  TagsInvalidated: z.union([z.number(), z.array(z.number())]).default(0),
  Errors: count,
  key_id: z.string().nullable().default(null),
  status: z.coerce.number().default(0),
});

const REASONS = {
  MissesAbsent: "absent",
  MissesExpired: "expired",
  MissesInvalidated: "invalidated",
  MissesUnconfirmed: "unconfirmed",
  MissesOutdated: "outdated",
} as const;

const TIMEOUT_MS = 5_000;

/** Highest number of requests in one answer. */
export const MOST_REQUESTS = 200;

/**
 * Highest number of pages that are read. A page has up to 10,000 lines, or none while CloudWatch is still searching.
 */
const MOST_PAGES = 5;

/** Reads the outcomes of requests since a time, oldest first, from the log group of all functions under `http/`. */
export type ReadRequests = (fromMs: number, outcome?: Outcome) => Promise<SeenRequest[]>;

/**
 * Makes the reader of requests: it searches up to `MOST_PAGES` pages of the log with CloudWatch's own filter, and
 * returns at most the last `MOST_REQUESTS` requests of them. Operators' requests and health checks are excluded.
 * Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html
 */
export function createReadRequests(
  service: string,
  env: AwsEnvironment = process.env,
): ReadRequests {
  const target = "Logs_20140328";
  const call = createAwsJson({ service: "logs", target, timeoutMs: TIMEOUT_MS }, env);
  const { AWS_REGION: region = "us-east-1", AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: given } = env;
  const url = given ?? `https://logs.${region}.amazonaws.com/`;
  return async (fromMs, outcome) => {
    const found: SeenRequest[] = [];
    let next: string | undefined;
    let pages = 0;
    do {
      const answer = Events.parse(
        await call(url, "FilterLogEvents", {
          logGroupName: requestLogGroup(service),
          startTime: fromMs,
          filterPattern: `{ $.${outcome === undefined ? "DurationMs" : OUTCOMES[outcome]} > 0 }`,
          ...(next !== undefined && { nextToken: next }),
        }),
      );
      found.push(...answer.events.flatMap(requestOf));
      next = answer.nextToken;
      pages += 1;
    } while (next !== undefined && pages < MOST_PAGES);
    return found.slice(-MOST_REQUESTS);
  };
}

function requestOf({
  eventId: id,
  timestamp: at,
  message,
}: z.output<typeof Events>["events"][number]) {
  const { data: line } = Line.safeParse(JSON.parse(message));
  if (!line || / \/api\/(?:ops|health)\//.test(line.endpoint)) return [];
  const named = (names: Readonly<Record<string, string>>) =>
    Object.entries(names).find(([, metric]) => line[metric] !== undefined)?.[0] ?? null;
  const reason =
    Object.entries(REASONS).find(([metric]) => line[metric] !== undefined)?.[1] ?? null;
  return [
    {
      id,
      at,
      endpoint: line.endpoint,
      outcome: named(OUTCOMES) as Outcome | null,
      reason,
      ms: Math.round(line.DurationMs * 10) / 10,
      database_reads: line.DatabaseReads,
      tags_invalidated: [line.TagsInvalidated].flat().reduce((sum, tags) => sum + tags, 0),
      failed: line.Errors > 0,
      status: line.status || null,
      key_id: line.key_id,
    },
  ];
}

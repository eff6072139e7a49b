import { wholeNumber } from "@algoitny/core/parameter";
import { Subject } from "@algoitny/core/user/user";
import { planNames } from "@algoitny/core/timetable";
import * as z from "zod";
import { type RangeName, ranges } from "../metrics/window.ts";
import { OUTCOMES } from "../telemetry/outcome.ts";
import { triedViews } from "../experiments/plan-experiment.ts";
import { InvalidationBody } from "../invalidation/manual-invalidation.ts";

const NO_CURSOR = "pass the cursor of the previous answer";

/** Cursors of Redis have 64 bits, and Redis refuses larger numbers. */
const LAST_CURSOR = 2n ** 64n - 1n;

export const listKeys = {
  query: z.object({
    pattern: z.string().max(200, "write at most 200 characters").default("*"),
    cursor: z
      .string()
      .regex(/^(0|[1-9]\d{0,19})$/, { error: NO_CURSOR, abort: true })
      .refine((text) => BigInt(text) <= LAST_CURSOR, NO_CURSOR)
      .default("0")
      .meta({ jsonSchema: { type: "string", pattern: "^(0|[1-9]\\d{0,19})?$" } }),
  }),
} as const;

const rangeNames = Object.keys(ranges) as [RangeName, ...RangeName[]];

export const readMetrics = {
  query: z
    .object({
      range: z.enum(rangeNames).optional(),
      from: z.optional(wholeNumber({ min: 0, max: 99_999_999_999 })).meta({
        description: "Instead of a range: seconds since the epoch.",
      }),
      by: z.enum(["endpoint"]).optional(),
    })
    .refine(({ range, from }) => range === undefined || from === undefined, {
      error: "leave out `range` or `from`",
    }),
} as const;

const outcomes = Object.keys(OUTCOMES) as [keyof typeof OUTCOMES, ...(keyof typeof OUTCOMES)[]];

export const seeRequests = {
  query: z.object({
    from: z.optional(wholeNumber({ min: 0, max: 99_999_999_999_999 })).meta({
      description:
        "Milliseconds since the epoch; an older time counts as 15 minutes ago. Default: 10 seconds ago.",
    }),
    outcome: z.enum(outcomes).optional(),
  }),
} as const;

/** Longest lifetime that can be tried, in seconds: its slots, over twice as long, last at most a day. */
const LONGEST_TRIED = 39_600;

export const startExperiment = {
  body: z.strictObject({
    view: z.enum(triedViews.map(({ name }) => name)),
    ttl_seconds: z.int().min(1).max(LONGEST_TRIED).meta({
      description: "The lifetime that is compared with the view's own.",
    }),
    // DynamoDB counts in halves, and does not store numbers below 1e-130.
    read_units: z.number().min(0.5).max(1_000_000).optional().meta({
      description:
        "DynamoDB read units of a load, for its price. Default: the cost model's average.",
    }),
    dry_run: z.boolean().default(false),
  }),
} as const;

export const stopExperiment = {
  path: z.object({ view: z.string().min(1).max(100) }),
} as const;

export const showEntry = {
  query: z.object({
    key: z.string("name an entry as `ops/cache/keys` lists it").max(2_048),
    value: z.enum(["true"], "write `true`, or leave it out").optional().meta({
      description: "Includes the entry's value; for admins only.",
    }),
  }),
} as const;

export const invalidate = { body: InvalidationBody } as const;

export const showInvalidation = {
  path: z.object({ id: z.uuid("give the id of an asynchronous invalidation") }),
} as const;

export const warmCache = {
  body: z.strictObject({
    plan: z.enum(planNames).optional().meta({ description: "Default: all of them." }),
    userIds: z.array(Subject).max(1_000).optional().meta({
      description: "For `user_stats`: subjects, instead of those active in the last 7 days.",
    }),
    dry_run: z.boolean().default(false),
  }),
} as const;

import { AnyJson } from "@algoitny/core/body-text";
import { Experiment } from "@algoitny/core/experiment/experiment";
import { InvalidationJob } from "@algoitny/core/job/job";
import { planNames } from "@algoitny/core/timetable";
import * as z from "zod";
import { ENTRY_STATES } from "../inspection/explain-entry.ts";
import type { AdviceAnswer as Advised } from "../advice/give-advice.ts";
import { type Health, REFUSES_WRITES } from "../check-health.ts";
import { VERDICTS } from "../experiments/judge-experiment.ts";
import type { ExperimentReport } from "../experiments/report-experiment.ts";
import type { EntryCount } from "../telemetry/statistics.ts";
import type { WarmingReport } from "../warming/warming-report.ts";

/** Answers that no view makes: those of deletions, health, operations and errors. */

/** Answer of a deletion, and of a write whose item cannot be shown. */
export const Message = z.object({ message: z.string() }).meta({ id: "Message" });

/** Answer of an admin's repair. */
export const Repaired = Message.extend({
  unreadable: z.array(z.string()).meta({ description: "Attributes that still cannot be read." }),
}).meta({ id: "Repaired" });

export const HealthAnswer = z
  .object({
    status: z.enum(["ok", "degraded", "unavailable"]).meta({
      description:
        "`degraded`: Redis is down, or stores nothing new; the API still answers. `unavailable`: the database is down.",
    }),
    checks: z.object({
      redis: z.enum(["ok", "down", "not checked", REFUSES_WRITES]),
      dynamodb: z.enum(["ok", "down", "not checked"]),
    }),
  })
  .meta({ id: "Health" }) satisfies z.ZodType<Health>;

export const CacheStats = z
  .object({
    entries: z.int(),
    by_resource: z.record(z.string(), z.int()),
    complete: z
      .boolean()
      .meta({ description: "False when time ran out before the walk was over." }),
    this_process: z.record(z.string(), z.int()).meta({
      description: "Cache events of the process that answers, by type.",
    }),
  })
  .meta({ id: "CacheStats" }) satisfies z.ZodType<EntryCount>;

export const CacheKeys = z
  .object({
    cursor: z.string().meta({ description: "Cursor of the next step; `0` at the end." }),
    keys: z.array(z.string()),
  })
  .meta({ id: "CacheKeys" });

const count = z.number().nullable();

export const MetricsAnswer = z
  .object({
    service: z.string(),
    period_seconds: z.int(),
    times: z.array(z.int()).meta({ description: "Starts of the intervals, in epoch seconds." }),
    complete: z
      .int()
      .meta({ description: "Number of intervals that have ended: they come first." }),
    as_of: z.int(),
    columns: z.record(z.string(), z.array(count)),
    totals: z.record(z.string(), count),
    endpoints: z.record(z.string(), z.record(z.string(), count)).optional(),
  })
  .meta({ id: "Metrics" });

export const FindingsAnswer = z
  .object({
    as_of: z.int(),
    findings: z.array(
      z.object({
        id: z.string(),
        sentence: z.string(),
        since: z.int(),
        means: z.string(),
        todo: z.string(),
      }),
    ),
  })
  .meta({ id: "Findings" });

export const SeenRequests = z
  .object({
    requests: z.array(
      z.object({
        id: z.string(),
        at: z.int().meta({ description: "Milliseconds since the epoch." }),
        endpoint: z.string(),
        outcome: z.enum(["hit", "stale", "miss", "bypass"]).nullable(),
        reason: z.string().nullable(),
        ms: z.number(),
        database_reads: z.int(),
        tags_invalidated: z.int(),
        failed: z.boolean(),
        status: z.int().nullable().meta({
          description: "Status of an answer of 400 and above; null for any other.",
        }),
        key_id: z.string().nullable().meta({
          description: "Id of the key that was read, as `/api/ops/cache/entry/` returns it.",
        }),
      }),
    ),
    next_from: z.int().meta({
      description: "`from` of the next request. It overlaps: drop entries whose ids are known.",
    }),
  })
  .meta({ id: "SeenRequests" });
export const ExperimentAnswer = z.object(Experiment.shape).meta({ id: "Experiment" });

export const ExperimentStarted = z
  .object({ dry_run: z.boolean(), experiment: ExperimentAnswer })
  .meta({ id: "ExperimentStarted" });

const Arm = z
  .object({
    ttl_seconds: z.int(),
    reads: z.int(),
    cached_percent: count,
    loads: z.int(),
    errors: z.int(),
    verified_stale: z.int(),
    dollars_per_1000_reads: count,
  })
  .meta({ id: "ExperimentArm" });

export const ExperimentsAnswer = z
  .object({
    experiments: z.array(
      z
        .object({
          ...Experiment.shape,
          counts_from: z.int(),
          verdict: z.enum(VERDICTS),
          pairs: z.int().meta({ description: "Pairs of slots that are counted." }),
          dropped: z.int().meta({
            description: "Pairs that are excluded, because an arm had no requests or an outage.",
          }),
          saves_percent: z
            .object({ mean: z.number(), low: z.number(), high: z.number() })
            .nullable()
            .meta({
              description: "Of the usual lifetime's cost; below 0 the trial one costs more.",
            }),
          saves_dollars_month: count,
          usual: Arm,
          trial: Arm,
          sentence: z.string(),
          broken_rail: z.string().nullable(),
        })
        .meta({ id: "ExperimentReport" }) satisfies z.ZodType<ExperimentReport>,
    ),
  })
  .meta({ id: "Experiments" });

export const AdviceAnswer = z
  .object({
    as_of: z.int(),
    seconds: z.int(),
    reads: z.int(),
    advice: z.array(
      z.object({
        id: z.enum(["longer", "narrower", "warm", "unread", "costs-more"]),
        endpoint: z.string().nullable(),
        sentence: z.string(),
        todo: z.string(),
        dollars_month: z.number(),
        view: z.string().nullable(),
      }),
    ),
  })
  .meta({ id: "Advice" }) satisfies z.ZodType<Advised>;

export const TopKeys = z
  .object({
    keys: z.array(z.object({ key: z.string(), reads: z.int(), share_percent: z.number() })),
    operations: z.array(
      z.object({
        operation: z.string().meta({ description: "Name of a GraphQL operation." }),
        requests: z.int(),
        hit: z.int(),
        stale: z.int(),
        miss: z.int(),
        bypass: z.int(),
        uncached: z.int(),
      }),
    ),
  })
  .meta({ id: "TopKeys" });

export const Explained = z
  .object({
    key: z.string(),
    key_id: z.string().meta({ description: "Id of the key in the log." }),
    resource: z.string(),
    state: z.enum(ENTRY_STATES),
    loading: z.boolean(),
    loaded_at: z.int().optional(),
    fresh_until: z.int().optional(),
    stale_until: z.int().optional(),
    error_until: z.int().optional(),
    load_ms: z.int().optional(),
    status: z.int().optional(),
    bytes: z.int().optional(),
    coding: z.string().optional(),
    etag: z.string().optional(),
    value_tags: z.array(z.string()).optional(),
    value: z.optional(AnyJson),
  })
  .meta({ id: "ExplainedEntry" });

export const Invalidated = z
  .object({
    dry_run: z.boolean(),
    tags: z.array(z.string()),
    keys: z.array(z.string()),
    pattern: z.object({ resources: z.array(z.string()), entries: z.int() }).nullable(),
  })
  .meta({ id: "Invalidated" });
export const InvalidationJobAnswer = z
  .object(InvalidationJob.shape)
  .meta({ id: "InvalidationJob" });

const keysOf = z.array(z.string());

export const Warmed = z
  .object({
    state: z.enum(["done", "incomplete", "unfinished", "broken", "down"]),
    down: z.array(z.string()),
    empty: z.boolean(),
    dry_run: z.boolean(),
    ms: z.number(),
    refreshed: z.int(),
    skipped: z.int(),
    busy: z.int(),
    not_stored: z.int(),
    due: z.int(),
    left: z.int(),
    failed: z.int(),
    plans: z.array(
      z.object({
        plan: z.enum(planNames),
        refreshed: keysOf,
        skipped: keysOf,
        busy: keysOf,
        not_stored: keysOf,
        due: keysOf,
        left: keysOf,
        failed: z.array(z.object({ key: z.string(), error: z.string() })),
        error: z.exactOptional(z.string()),
        out_of_time: z.boolean(),
        ms: z.number(),
      }),
    ),
  })
  .meta({ id: "WarmingReport" }) satisfies z.ZodType<WarmingReport>;

/** Problem document of RFC 9457; `error` repeats `detail` for existing clients. */
export const Problem = z
  .object({
    error: z.string(),
    type: z.literal("about:blank"),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    errors: z
      .array(z.object({ path: z.string(), message: z.string() }))
      .optional()
      .meta({ description: "One for each bad field, on a 400." }),
  })
  .meta({ id: "Problem" });

/** Error of API Gateway itself, whose body cannot be set: of its authorizer, its limits, an unreachable function. */
export const GatewayError = z
  .object({ message: z.string() })
  .meta({ id: "GatewayError", description: "Error of the gateway itself." });

import { z } from "zod";
import type { Pattern } from "./filter.ts";

/**
 * Event source mapping of a handler on the table's stream. Each is deployed with ReportBatchItemFailures.
 * Ranges and defaults: https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-params.html
 */
export interface Subscription {
  /** Handler under `packages/functions/src`, without its file ending. */
  file: string;
  /** A record passes if any of these matches; at most 5. */
  filters?: readonly Pattern[];
  /** AWS requires one. Default here: TRIM_HORIZON, as in stacks/streams.stack.ts. */
  startingPosition?: "TRIM_HORIZON" | "LATEST";
  batchSize?: number;
  maximumBatchingWindowSeconds?: number;
  /** Batches of one shard handled at the same time; the records of one item stay in order. */
  parallelizationFactor?: number;
  /** -1: until it succeeds or is too old. */
  maximumRetryAttempts?: number;
  /** -1: without limit. */
  maximumRecordAgeSeconds?: number;
  bisectBatchOnFunctionError?: boolean;
  /** Queue that receives a note of each discarded batch. */
  onFailure?: string;
}

const Limits = z.strictObject({
  file: z.string().min(1),
  filters: z.array(z.record(z.string(), z.unknown())).max(5).default([]),
  startingPosition: z.enum(["TRIM_HORIZON", "LATEST"]).default("TRIM_HORIZON"),
  batchSize: z.int().min(1).max(10_000).default(100),
  maximumBatchingWindowSeconds: z.int().min(0).max(300).default(0),
  parallelizationFactor: z.int().min(1).max(10).default(1),
  maximumRetryAttempts: z.int().min(-1).max(10_000).default(-1),
  maximumRecordAgeSeconds: z.union([z.literal(-1), z.int().min(60).max(604_800)]).default(-1),
  bisectBatchOnFunctionError: z.boolean().default(false),
  onFailure: z.string().min(1).optional(),
});

/** A subscription with its defaults filled in. */
export type SubscriptionSettings = z.output<typeof Limits>;

/** Fills in the defaults; throws an error that lists every value that AWS would refuse. */
export function subscriptionSettings(
  name: string,
  subscription: Subscription,
): SubscriptionSettings {
  const result = Limits.safeParse(subscription);
  if (result.success) return result.data;
  throw new Error(`subscription ${name} cannot be deployed:\n${z.prettifyError(result.error)}`);
}

import { CacheError } from "../errors.ts";
import { retryPending } from "../invalidation/invalidate-now.ts";
import type { Engine } from "./context.ts";
import { exchange, type Sent } from "./exchange.ts";
import { type Found, isPending } from "./lookup.ts";
import type { AnyRead } from "./read-context.ts";

/**
 * Repeats the invalidations that failed in this process, if they affect one of the reads. If they fail again, returns
 * results that say so for all reads; otherwise undefined.
 */
export async function retry(
  engine: Engine,
  reads: readonly AnyRead[],
): Promise<Found[] | undefined> {
  const affected = reads.find((read) => isPending(engine, read));
  if (affected === undefined) return undefined;
  const { ok } = await exchange(engine, affected, () => retryPending(engine));
  return ok ? undefined : down(reads, true);
}

/** The moment of a look that was not sent. */
export const NEVER: Sent = { tick: 0, atMs: -Infinity, monotonicMs: -Infinity, generation: -1 };

/**
 * The results of a look that the store did not answer, or that was not sent because a failed invalidation failed again.
 */
export function down(reads: readonly AnyRead[], pending: boolean, error?: Error): Found[] {
  const isMisconfigured = error instanceof CacheError && error.code === "store_misconfigured";
  const why = isMisconfigured ? { why: "store-misconfigured" as const } : {};
  const look = { state: "down", pending, ...why } as const;
  return reads.map((read) => ({ read, look, lease: null, closedMs: null, sent: NEVER }));
}

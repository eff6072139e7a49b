import { CacheError } from "../errors.ts";
import { retryPending } from "../invalidation/invalidate-now.ts";
import type { Engine } from "./context.ts";
import { exchange } from "./exchange.ts";
import { type Found, NEVER } from "./lookup.ts";
import type { AnyRead } from "./read-context.ts";

/** Repeats the invalidations that failed in this process; false if they fail again. */
export async function retried(engine: Engine, read: AnyRead): Promise<boolean> {
  return (await exchange(engine, read, () => retryPending(engine))).ok;
}

/** The result of a look that the store did not answer, or that needed a failed invalidation which failed again. */
export function down(read: AnyRead, pending: boolean, error?: Error): Found {
  const isMisconfigured = error instanceof CacheError && error.code === "store_misconfigured";
  const why = isMisconfigured ? { why: "store-misconfigured" as const } : {};
  const look = { state: "down", pending, ...why } as const;
  return { read, look, lease: null, closedMs: null, sent: NEVER };
}

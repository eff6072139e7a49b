import type { LeaseBatch, Store } from "@algoitny/cache/store";
import type { Source } from "@algoitny/core/source";
import { describeError, type Log } from "./telemetry/log.ts";
import { isRefusal } from "./telemetry/redis-refusal.ts";
import { readStoreTimeoutMs } from "./store-timeout.ts";
import { withTimeout } from "./with-timeout.ts";

/** State of a Redis that only answers reads: full, read-only, or with a failed disk. */
export const REFUSES_WRITES = "Redis refuses writes";

type Check = "ok" | "down" | "not checked";

export interface Health {
  /** `degraded`: Redis is down, or stores nothing new; the API still answers. `unavailable`: the database is down. */
  status: "ok" | "degraded" | "unavailable";
  checks: { redis: Check | typeof REFUSES_WRITES; dynamodb: Check };
}

const CHECK_TIMEOUT_MS = 2_000;

/** Time limit of a check: 2 seconds, or the time that requests wait for Redis if that is longer. */
export function readCheckTimeoutMs(env: Readonly<Record<string, string | undefined>>): number {
  return Math.max(CHECK_TIMEOUT_MS, readStoreTimeoutMs(env));
}

/** Outside the cache's names, so that no walk over its keys finds it. */
const CHECK_KEY = "algoitny:health";

/** A lease of 1 ms, so that the next check finds none and writes too. */
const CHECK_LEASE: LeaseBatch = {
  seqKey: `${CHECK_KEY}:seq`,
  random: "check",
  requests: [
    {
      entryKey: `${CHECK_KEY}:entry`,
      leaseKey: CHECK_KEY,
      leaseMs: 1,
      seenEntryId: null,
      force: false,
      stamps: [],
      stampTtlMs: 1,
    },
  ],
};

/** A platform and problem id that no problem has, because an unreadable item would look like a database that is down. */
const UNUSED_PAIR = ["", ""] as const;

interface HealthDependencies {
  store: Store;
  source: Source;
  log: Log;
  timeoutMs?: number;
}

/** Reads a key and takes a lease in the cache's store, and reads an item of the database, all at the same time. */
export async function checkHealth({
  store,
  source,
  log,
  timeoutMs = readCheckTimeoutMs(process.env),
}: HealthDependencies): Promise<Health> {
  const attempt = (name: string, ask: () => Promise<unknown>) =>
    stateOf(name, () => withTimeout(timeoutMs, ask), log);
  // A lease, because every fill needs one; a removal would succeed even in a full Redis.
  const write = async () => {
    const [outcome] = await store.lease(CHECK_LEASE);
    if (outcome?.ok === false) throw outcome.error;
  };
  const [redisRead, redisWrite, dynamodb] = await Promise.all([
    attempt("redis", () => store.mget([CHECK_KEY])),
    attempt("redis write", write),
    attempt("dynamodb", async () => (await source.tables()).problems.findId(...UNUSED_PAIR)),
  ]);
  const redis = redisRead === "ok" ? redisWrite : redisRead;
  const status = dynamodb !== "ok" ? "unavailable" : redis !== "ok" ? "degraded" : "ok";
  return { status, checks: { redis, dynamodb: dynamodb === "ok" ? "ok" : "down" } };
}

async function stateOf(
  name: string,
  ask: () => Promise<unknown>,
  log: Log,
): Promise<"ok" | "down" | typeof REFUSES_WRITES> {
  try {
    await ask();
    return "ok";
  } catch (error) {
    const state = isRefusal(error) ? REFUSES_WRITES : "down";
    log.warn("health check failed", { check: name, state, error: describeError(error) });
    return state;
  }
}

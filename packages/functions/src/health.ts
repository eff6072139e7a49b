import type { Store } from "@algoitny/cache";
import type { Source } from "@algoitny/core/source";
import { describeError, type Log } from "./log.ts";
import { within } from "./within.ts";

export type Check = "ok" | "down" | "not checked";

export interface Health {
  /** `degraded`: the cache is down, the API answers from the database. `unavailable`: the database is down. */
  status: "ok" | "degraded" | "unavailable";
  checks: { redis: Check; dynamodb: Check };
}

/** Longest that a check may take: 2 seconds. */
const CHECK_TIMEOUT_MS = 2_000;

/** A platform and problem id that no problem has: a bad item must not look like a database that is down. */
const NOBODYS = ["", ""] as const;

/** Asks the cache's store and the database for one item each, both at once. */
export async function checkHealth(dependencies: {
  store: Store;
  source: Source;
  log: Log;
}): Promise<Health> {
  const { store, source, log } = dependencies;
  const [redis, dynamodb] = await Promise.all([
    attempt("redis", () => store.mget(["health"]), log),
    attempt("dynamodb", async () => (await source.tables()).problems.findId(...NOBODYS), log),
  ]);
  const status = dynamodb === "down" ? "unavailable" : redis === "down" ? "degraded" : "ok";
  return { status, checks: { redis, dynamodb } };
}

async function attempt(name: string, ask: () => Promise<unknown>, log: Log): Promise<Check> {
  try {
    await within(CHECK_TIMEOUT_MS, ask);
    return "ok";
  } catch (error) {
    log.warn("a health check failed", { check: name, error: describeError(error) });
    return "down";
  }
}

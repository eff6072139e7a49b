import type { Duration } from "@algoitny/cache";
import { CoreError } from "./core-error.ts";

/** How long each class of cached reads is fresh, in seconds. `CACHE_<CLASS>_TTL` overrides one of them. */
const TTL_SECONDS = {
  PROBLEM_LIST: 300,
  PROBLEM_DETAIL: 600,
  TEST_CASES: 900,
  PROBLEM_DRAFTS: 60,
  PROBLEM_REGISTERED: 300,
  USER_STATS: 180,
  SEARCH_HISTORY: 120,
  SHORT: 60,
  MEDIUM: 300,
  LONG: 3_600,
} as const;

export type TtlClass = keyof typeof TTL_SECONDS;

/** A day: what is older should rather be loaded again than kept in memory. */
const LONGEST_TTL_SECONDS = 86_400;

/** Reads every class's lifetime from the environment; throws a CoreError (`invalid`) that names a bad variable. */
export function readTtls(
  env: Readonly<Record<string, string | undefined>>,
): Record<TtlClass, Duration> {
  const entries = Object.entries(TTL_SECONDS).map(([name, seconds]) => [
    name,
    `${overriddenSeconds(`CACHE_${name}_TTL`, env) ?? seconds} seconds`,
  ]);
  return Object.fromEntries(entries) as Record<TtlClass, Duration>;
}

function overriddenSeconds(variable: string, env: Readonly<Record<string, string | undefined>>) {
  const text = env[variable];
  if (text === undefined || text === "") return undefined;
  const seconds = Number(text);
  if (/^[1-9]\d*$/.test(text) && seconds <= LONGEST_TTL_SECONDS) return seconds;
  throw new CoreError(
    "invalid",
    `${variable}=${text} is not a lifetime: write whole seconds from 1 to ${LONGEST_TTL_SECONDS}, or leave it out`,
  );
}

/** The lifetimes this process runs with. */
export const TTL = readTtls(process.env);

/** After its lifetime an entry may be served this long while one instance refreshes it. */
export const STALE: Duration = "1 minute";

/** After its lifetime an entry may be served this long while the database does not answer. */
export const STALE_IF_ERROR: Duration = "1 hour";

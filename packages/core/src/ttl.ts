import { type Duration, toMs } from "@algoitny/cache";
import { CoreError } from "./core-error.ts";

/**
 * Class of lifetimes → seconds, or the class that it follows. `CACHE_<CLASS>_TTL` overrides a class, and those that
 * follow it and have no variable.
 */
const CLASSES = {
  /** Views that an admin edits and looks at right away. */
  SHORT: 60,
  /** Views of the whole catalogue: expensive to load, and invalidated by every change that they show. */
  MEDIUM: 300,
  /** Longer than any view is fresh: it bridges an outage of the database, see `STALE_IF_ERROR`. */
  LONG: 3_600,
  /** Parts of the catalogue, from which lists are computed: a change invalidates the part that shows it. */
  PROBLEM_SEGMENT: 1_800,
  PROBLEM_LIST: "MEDIUM",
  PROBLEM_REGISTERED: "MEDIUM",
  PROBLEM_DRAFTS: "SHORT",
  PROBLEM_DETAIL: 600,
  TEST_CASES: 900,
  USER_STATS: 180,
  SEARCH_HISTORY: 120,
} as const;

export type TtlClass = keyof typeof CLASSES;

/**
 * Longest lifetime that a variable may set: a day. Older values should be loaded again rather than kept in memory.
 */
const LONGEST_TTL_SECONDS = 86_400;

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads every class's lifetime from the environment; throws a CoreError (`invalid`) that names an invalid variable. */
export function readTtls(env: Environment): Record<TtlClass, Duration> {
  const names = Object.keys(CLASSES) as TtlClass[];
  const entries = names.map((name) => [name, `${secondsOf(name, env)} seconds`]);
  return Object.fromEntries(entries) as Record<TtlClass, Duration>;
}

function secondsOf(name: TtlClass, env: Environment): number {
  const overridden = overriddenSeconds(`CACHE_${name}_TTL`, env);
  const given = CLASSES[name];
  return overridden ?? (typeof given === "number" ? given : secondsOf(given, env));
}

function overriddenSeconds(variable: string, env: Environment) {
  const text = env[variable];
  if (text === undefined || text === "") return undefined;
  const seconds = Number(text);
  if (/^[1-9]\d*$/.test(text) && seconds <= LONGEST_TTL_SECONDS) return seconds;
  throw new CoreError(
    "invalid",
    `${variable}=${text} is not a lifetime: write whole seconds from 1 to ${LONGEST_TTL_SECONDS}, or leave it out`,
  );
}

/** The lifetimes of this process. */
export const TTL = readTtls(process.env);

/**
 * Maximum staleness of an entry if the stream stops or Redis comes back with an older state: two and a half beats, so
 * that one may fail. A page computed from segments may be twice as stale.
 */
export const MAX_STALENESS: Duration = "150 seconds";

/** Time after its lifetime for which an entry may be served while one instance refreshes it. */
export const STALE: Duration = "1 minute";

/**
 * Time after its lifetime for which an entry may be served while the database does not answer; at least as long as
 * `STALE`.
 */
export const STALE_IF_ERROR: Duration = toMs(TTL.LONG) < toMs(STALE) ? STALE : TTL.LONG;

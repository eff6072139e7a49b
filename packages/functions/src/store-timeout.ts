import type { Duration } from "@algoitny/cache";

const DEFAULT_MS = 500;
const LONGEST_MS = 5_000;

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Time limit of a request for one answer of Redis, after which it bypasses the cache: 500 ms, or
 * `CACHE_STORE_TIMEOUT_MS`. Throws an error that names the variable if that is invalid.
 */
export function readStoreTimeout(env: Environment): Duration {
  return `${readStoreTimeoutMs(env)} milliseconds`;
}

/** The same as a number. */
export function readStoreTimeoutMs({ CACHE_STORE_TIMEOUT_MS: text = "" }: Environment): number {
  if (text === "") return DEFAULT_MS;
  const ms = Number(text);
  if (/^[1-9]\d*$/.test(text) && ms <= LONGEST_MS) return ms;
  throw new Error(
    `CACHE_STORE_TIMEOUT_MS=${text}: write whole milliseconds from 1 to ${LONGEST_MS}, or leave it out`,
  );
}

import type { Duration } from "@algoitny/cache";

const DEFAULT_MS = 500;
const LONGEST_MS = 5_000;

/**
 * How long a request waits for one answer of Redis before it does without: 500 ms, or `CACHE_STORE_TIMEOUT_MS`. Throws an
 * error that names the variable when that makes no sense.
 */
export function readStoreTimeout({
  CACHE_STORE_TIMEOUT_MS: text = "",
}: Readonly<Record<string, string | undefined>>): Duration {
  if (text === "") return `${DEFAULT_MS} milliseconds`;
  const ms = Number(text);
  if (/^[1-9]\d*$/.test(text) && ms <= LONGEST_MS) return `${ms} milliseconds`;
  throw new Error(
    `CACHE_STORE_TIMEOUT_MS=${text}: write whole milliseconds from 1 to ${LONGEST_MS}, or leave it out`,
  );
}

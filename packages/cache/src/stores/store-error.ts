import { CacheError } from "../errors.ts";
import { warn } from "../warn.ts";
import type { RedisPort } from "./redis-port.ts";

/** Highest number of characters of a client's message that an error keeps: 200. */
const LONGEST_REASON = 200;

/** Errors that a retry will not change: the store is not set up for this cache. */
const MISCONFIGURED: readonly (readonly [code: RegExp, words: string])[] = [
  [/\b(?:NOAUTH|WRONGPASS|HTTP 401)\b/, "credentials refused"],
  [/\b(?:NOPERM|HTTP 403)\b/, "a command that the cache needs is not permitted"],
  [/\bENOTFOUND\b/, "there is no such host"],
  [/\bCROSSSLOT\b/, 'the names of one cache need a hash tag, as in the prefix "{shop}:1"'],
];

/** Misconfigured stores about which a warning was given, by their ports. */
const warned = new WeakSet();

/** Converts an error of a client to a CacheError without keys, values and addresses. */
export function storeError(operation: string, error: unknown, port: RedisPort): CacheError {
  const failure = errorOf(operation, error);
  if (failure.code === "store_misconfigured" && !warned.has(port)) {
    warned.add(port);
    // All reads go to the origin, which would go unnoticed without a warning.
    warn(failure.message, failure.code);
  }
  return failure;
}

function errorOf(operation: string, error: unknown): CacheError {
  if (error instanceof CacheError) return error;
  const reason = reasonOf(error);
  for (const [code, words] of MISCONFIGURED) {
    const [found] = code.exec(reason) ?? [];
    if (found !== undefined)
      return new CacheError(
        "store_misconfigured",
        `${words} (${found}): every read goes to the origin`,
      );
  }
  return new CacheError("store_failed", `${operation}: ${reason.slice(0, LONGEST_REASON)}`);
}

/**
 * The reason without addresses, keys and values. Network errors have addresses in their messages, but their kind in a
 * code. Upstash's SDK appends the whole command to its message.
 */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code } = error as { code?: unknown };
  if (typeof code === "string" && /^E[A-Z_]+$/.test(code)) return code;
  const [reason = ""] = error.message.split(/,? command was:/);
  return reason || error.name;
}

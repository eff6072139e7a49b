import { CacheError } from "@algoitny/cache";

/**
 * Codes in the error of a refused write: full, read-only replica, failed disk, missing replicas, and read-only token
 * (`NOPERM`). Upstash answers `ERR` when its own limits refuse one.
 */
const REFUSAL = /(?:: (?:OOM|READONLY|MISCONF|NOREPLICAS|ERR) |\(NOPERM\))/;

/** True if Redis answered and refused, rather than not at all or too late. */
export function isRefusal(error: unknown): boolean {
  return error instanceof CacheError && REFUSAL.test(error.message);
}

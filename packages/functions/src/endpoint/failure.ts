import { CacheError } from "@algoitny/cache";
import { CoreError, type CoreErrorCode } from "@algoitny/core/core-error";
import { type ErrorStatus, HttpError, unavailable } from "./http-error.ts";

const STATUSES: Record<CoreErrorCode, ErrorStatus> = {
  invalid: 400,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  precondition_failed: 412,
  too_large: 413,
};

/**
 * Names and codes of errors by which the AWS SDK and Node report that the database did not answer, has no capacity
 * left or is busy with another transaction; all are transient.
 */
const DATABASE_TROUBLE = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EAI_AGAIN",
  "ENOTFOUND",
  "EPIPE",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "AbortError",
  "InternalServerError",
  "LimitExceededException",
  "NetworkingError",
  "ProvisionedThroughputExceededException",
  "RequestLimitExceeded",
  "ServiceUnavailable",
  "ServiceUnavailableException",
  "ThrottlingException",
  "TimeoutError",
  "TransactionCanceledException",
  "TransactionConflictException",
  "TransactionInProgressException",
]);

/** Maps an error to the client's HTTP error. Unexpected errors are a 500 without details. */
export function toHttpError(error: unknown): HttpError {
  for (const link of chain(error)) {
    if (link instanceof HttpError) return link;
    if (link instanceof CoreError) return new HttpError(STATUSES[link.code], link.message);
    if (isStoreTrouble(link)) {
      return unavailable("the cache's store does not answer right now; try again", error);
    }
    if (isDatabaseTrouble(link))
      return unavailable("the database does not answer right now; try again", error);
  }
  return new HttpError(500, "something went wrong on our side", { cause: error });
}

/** Reads of views never fail because of the store; an operator's request does. */
function isStoreTrouble(error: Error): boolean {
  return (
    error instanceof CacheError &&
    (error.code.startsWith("store_") || error.code === "invalidation_failed")
  );
}

function isDatabaseTrouble(error: Error): boolean {
  if (error instanceof CacheError) return error.code === "load_timeout";
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  return DATABASE_TROUBLE.has(error.name) || DATABASE_TROUBLE.has(code);
}

/** The error, its causes and, where several attempts failed together (Node's happy eyeballs), each of them. */
function* chain(error: unknown): Generator<Error> {
  if (!(error instanceof Error)) return;
  yield error;
  if (error instanceof AggregateError) for (const inner of error.errors) yield* chain(inner);
  yield* chain(error.cause);
}

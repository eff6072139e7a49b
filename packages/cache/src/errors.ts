/** Error codes, for logs, metrics and `switch`. */
export type CacheErrorCode =
  | "store_failed"
  | "store_misconfigured"
  | "load_failed"
  | "load_timeout"
  | "write_timeout"
  | "invalidation_failed"
  | "value_unsupported"
  | "value_invalid"
  | "definition_invalid";

/**
 * Error of the cache's operations; loaders' errors pass through. Its message contains no cached value, unless a
 * schema's message does; `cause` is the original error. A text that is not a duration or a tag, and an `atOnce` below
 * 1, throw a RangeError.
 */
export class CacheError extends Error {
  override readonly name = "CacheError";
  readonly code: CacheErrorCode;

  constructor(code: CacheErrorCode, message: string, cause?: unknown) {
    super(`${code}: ${message}`, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}

/** Refuses a wrong definition. */
export function refuse(message: string): never {
  throw new CacheError("definition_invalid", message);
}

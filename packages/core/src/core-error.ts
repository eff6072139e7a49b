/** Error codes, for `switch` and for the HTTP status of the answer. */
export type CoreErrorCode =
  | "invalid"
  | "forbidden"
  | "not_found"
  | "conflict"
  | "precondition_failed"
  | "too_large";

/**
 * Thrown for an invalid or impossible request, stream record or setting. A request's client gets the message, which says
 * what to do.
 */
export class CoreError extends Error {
  override readonly name = "CoreError";
  readonly code: CoreErrorCode;

  constructor(code: CoreErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}

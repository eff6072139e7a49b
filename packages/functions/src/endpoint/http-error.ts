/** Statuses of the functions' own errors, with the titles of RFC 9110, and of RFC 6585 for 429. */
export const TITLES = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  406: "Not Acceptable",
  409: "Conflict",
  412: "Precondition Failed",
  413: "Content Too Large",
  429: "Too Many Requests",
  500: "Internal Server Error",
  503: "Service Unavailable",
} as const;

export type ErrorStatus = keyof typeof TITLES;

/** One bad field of a request: its location (`page`, `tags.0`; `body` for the whole body) and the remedy. */
export interface FieldError {
  path: string;
  message: string;
}

/** An answer that is not a success; the client sees the message, so it never contains a secret. */
export class HttpError extends Error {
  override readonly name = "HttpError";
  readonly status: ErrorStatus;
  readonly errors: readonly FieldError[] | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: ErrorStatus,
    message: string,
    options: {
      errors?: readonly FieldError[];
      headers?: Record<string, string>;
      cause?: unknown;
    } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.status = status;
    this.errors = options.errors;
    this.headers = options.headers ?? {};
  }
}

/** 400 with one entry for each bad field. */
export function badRequest(errors: readonly FieldError[]): HttpError {
  const detail = errors.map(({ path, message }) => `${path}: ${message}`).join("; ");
  return new HttpError(400, detail, { errors });
}

/** 401, with the challenge that RFC 9110 requires. */
export function unauthorized(message: string): HttpError {
  return new HttpError(401, message, { headers: { "www-authenticate": "Bearer" } });
}

/** 503; asks the client to retry after a second. */
export function unavailable(message: string, cause: unknown): HttpError {
  return new HttpError(503, message, { headers: { "retry-after": "1" }, cause });
}

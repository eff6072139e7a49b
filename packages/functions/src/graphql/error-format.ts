import type { GraphQLError, GraphQLFormattedError } from "graphql";
import { toHttpError } from "../endpoint/failure.ts";
import { type ErrorStatus, HttpError } from "../endpoint/http-error.ts";
import { describeError, type Log } from "../telemetry/log.ts";
import { camelCase } from "./spelling.ts";

/** Code in `extensions` by status; every other status has `INTERNAL_SERVER_ERROR`. */
const CODES: Readonly<Partial<Record<ErrorStatus, string>>> = {
  400: "BAD_USER_INPUT",
  401: "UNAUTHENTICATED",
  403: "FORBIDDEN",
  404: "NOT_FOUND",
  409: "CONFLICT",
  412: "PRECONDITION_FAILED",
  413: "TOO_LARGE",
  503: "UNAVAILABLE",
};

/**
 * Makes the formatter of errors for clients: REST's message, with a code. Unexpected errors reveal nothing; errors of 500
 * and above are logged.
 */
export const createFormat =
  (log: Pick<Log, "error">) =>
  (error: GraphQLError): GraphQLFormattedError => {
    const { originalError, path } = error;
    // Error of the request itself: the document, its variables, its limits.
    if (path === undefined) return withCode(error.toJSON());
    const failure = isOfArguments(originalError)
      ? new HttpError(400, originalError.message)
      : toHttpError(originalError ?? error);
    if (failure.status >= 500)
      log.error("a field failed", { path: path.join("."), error: describeError(originalError) });
    return {
      message: failure.message,
      path,
      ...(error.locations && { locations: error.locations }),
      extensions: extensionsOf(failure),
    };
  };

/**
 * True for graphql-js's refusal of a field's arguments, which has a location in the document. Validation lets some of
 * them pass, such as a nullable variable for a non-null argument.
 */
function isOfArguments(error: Error | undefined): error is GraphQLError {
  return error?.name === "GraphQLError" && (error as GraphQLError).nodes !== undefined;
}

function withCode(error: GraphQLFormattedError): GraphQLFormattedError {
  return { ...error, extensions: { code: "BAD_REQUEST", ...error.extensions } };
}

function extensionsOf({ status, errors }: HttpError) {
  return {
    code: CODES[status] ?? "INTERNAL_SERVER_ERROR",
    status,
    ...(errors && {
      errors: errors.map(({ path, message }) => ({ path: camelCase(path), message })),
    }),
  };
}

import type { GraphQLFormattedError } from "graphql";
import type { Answer } from "./create-answer.ts";
import type { Plan } from "./plan.ts";

export type Refused = Extract<Answer, { status: number }>;

export function refusal(
  status: number,
  errors: readonly GraphQLFormattedError[],
  reason: string,
): Refused {
  return { result: { errors }, status, reason, isPrivate: false, operationName: null };
}

function operationError(name: string | null | undefined): GraphQLFormattedError {
  const message = name
    ? `the document has no operation "${name}"`
    : "the document has several operations: name one in `operationName`";
  return brief(coded(message, "BAD_REQUEST"));
}

/** Longest message of an error, in characters: graphql-js repeats a refused value of any size. */
const LONGEST_MESSAGE = 1_000;

export function brief(error: GraphQLFormattedError): GraphQLFormattedError {
  const { message } = error;
  if (message.length <= LONGEST_MESSAGE) return error;
  return { ...error, message: `${message.slice(0, LONGEST_MESSAGE)}…` };
}

function coded(message: string, code: string): GraphQLFormattedError {
  return { message, extensions: { code } };
}

/** Refusal with the code BAD_REQUEST. */
export function refuse(status: number, message: string, reason: string): Refused {
  return refusal(status, [coded(message, "BAD_REQUEST")], reason);
}

/** Refusal of an unregistered document that is requested by its hash only. */
export function unknownHash(status: number): Refused {
  return refusal(
    status,
    [coded("PersistedQueryNotFound", "PERSISTED_QUERY_NOT_FOUND")],
    "document",
  );
}

/** Refusal of an operation that does not exist, is a subscription, or may not run by this HTTP method. */
export function refuseOperation(plan: Plan | undefined, name: string | null | undefined): Refused {
  if (plan === undefined) return refusal(422, [operationError(name)], "operation");
  return plan.kind === "subscription"
    ? refuse(422, "subscriptions are not supported", "operation")
    : refuse(405, "send a mutation by POST", "mutation");
}

import { randomUUID } from "node:crypto";
import { TransactionCanceledException } from "@aws-sdk/client-dynamodb";
import { TransactWriteCommand } from "@aws-sdk/lib-dynamodb";
import type { Action } from "./action.ts";
import type { Database } from "./database.ts";
import { asTooLarge } from "./item-size.ts";
import { ATTEMPTS, pause } from "./retry.ts";

/** Transient reasons, of a whole transaction or of one of its actions. */
const TRANSIENT = new Set([
  "TransactionConflict",
  "TransactionConflictException",
  "TransactionInProgressException",
  "ThrottlingError",
  "ThrottlingException",
  "ProvisionedThroughputExceeded",
  "ProvisionedThroughputExceededException",
  "RequestLimitExceeded",
]);

/**
 * Applies all of the actions or none, once, however often it is retried: every attempt has the same token. Returns the
 * actions whose condition did not hold; an empty list means success. An item over DynamoDB's limit throws a CoreError
 * (`too_large`). Limits: 100 actions, 4 MB.
 */
export async function transact(
  db: Database,
  actions: readonly Action[],
  token: string = randomUUID(),
): Promise<readonly Action[]> {
  for (let attempt = 1; ; attempt++) {
    try {
      await db.send(
        new TransactWriteCommand({ TransactItems: [...actions], ClientRequestToken: token }),
      );
      return [];
    } catch (error) {
      const refused = refusedActions(error, actions);
      if (refused.length > 0) return refused;
      if (attempt >= ATTEMPTS || !isTransient(error)) throw toCoreError(error);
      await pause(attempt);
    }
  }
}

function refusedActions(error: unknown, actions: readonly Action[]): readonly Action[] {
  const reasons = reasonsOf(error);
  return actions.filter((_, index) => reasons[index]?.Code === "ConditionalCheckFailed");
}

function isTransient(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return (
    TRANSIENT.has(error.name) ||
    reasonsOf(error).some(({ Code }) => Code !== undefined && TRANSIENT.has(Code))
  );
}

function toCoreError(error: unknown): unknown {
  const messages = [
    error instanceof Error ? error.message : "",
    ...reasonsOf(error).map(({ Message }) => Message ?? ""),
  ];
  return asTooLarge(messages.join("; "), error) ?? error;
}

function reasonsOf(error: unknown) {
  return error instanceof TransactionCanceledException ? (error.CancellationReasons ?? []) : [];
}

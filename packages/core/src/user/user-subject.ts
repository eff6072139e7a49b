import { escapeKeyPart } from "../table/key-part.ts";

/**
 * Longest sort key that DynamoDB accepts. A day's active users have their escaped subjects as sort keys.
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
 */
export const SORT_KEY_LIMIT_BYTES = 1_024;

/** Longest result of escaping one UTF-16 unit: `%EA%B0%80`. */
const ESCAPED_CHARACTERS_AT_MOST = 9;

/** True when a token's subject fits into the table's keys and can be stored unchanged. */
export function isSubject(sub: string): boolean {
  if (!sub.isWellFormed()) return false;
  return (
    sub.length * ESCAPED_CHARACTERS_AT_MOST <= SORT_KEY_LIMIT_BYTES ||
    escapeKeyPart(sub).length <= SORT_KEY_LIMIT_BYTES
  );
}

import * as z from "zod";
import { escapeKeyPart } from "../table/key-part.ts";
import { StoredCount } from "../table/stored.ts";

/** User who has recorded an execution. `sub` is the token's subject, `id` the integer that the API shows. */
export const User = z.object({
  id: z.int().positive(),
  sub: z.string(),
  email: z.string().default(""),
  /** The last day (UTC) with an execution: `2025-10-07`. */
  last_active_on: z.string().default(""),
});
export type User = z.infer<typeof User>;

/**
 * Longest sort key that DynamoDB takes; a subject is one, escaped, among a day's active users.
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
 */
const SORT_KEY_LIMIT_BYTES = 1_024;

/** Most that escaping makes of one UTF-16 unit: `%EA%B0%80`. */
const ESCAPED_CHARACTERS_AT_MOST = 9;

/** True when a token's subject fits into the table's keys and can be stored unchanged. */
export function isSubject(sub: string): boolean {
  if (!sub.isWellFormed()) return false;
  return (
    sub.length * ESCAPED_CHARACTERS_AT_MOST <= SORT_KEY_LIMIT_BYTES ||
    escapeKeyPart(sub).length <= SORT_KEY_LIMIT_BYTES
  );
}

/** A subject that an operator names. */
export const Subject = z
  .string()
  .min(1)
  .refine(isSubject, {
    error: `write a token's subject, at most ${SORT_KEY_LIMIT_BYTES} bytes when percent-encoded`,
  });

/** Author of a write, from the verified token. */
export interface Actor {
  sub: string;
  email: string;
  /** Name in lists: the token's preferred name, name or address. */
  identifier: string;
  admin: boolean;
}

/** A user's running totals; by platform and language in attributes `platform#<name>` and `language#<name>`. */
export const UserStatsItem = z.looseObject({
  sub: z.string(),
  total_executions: StoredCount,
  passed_executions: StoredCount,
  failed_executions: StoredCount,
  total_problems: StoredCount,
});
export type UserStatsItem = z.infer<typeof UserStatsItem>;

/** Answer of `GET /account/stats/`. */
export const UserStats = z.object({
  total_executions: z.int(),
  by_platform: z.record(z.string(), z.int()),
  by_language: z.record(z.string(), z.int()),
  total_problems: z.int(),
  passed_executions: z.int(),
  failed_executions: z.int(),
});
export type UserStats = z.infer<typeof UserStats>;

export const PLATFORM_PREFIX = "platform#";
export const LANGUAGE_PREFIX = "language#";

/** Totals as the API shows them; zeros for a user without executions. */
export function toUserStats(item: UserStatsItem | undefined): UserStats {
  return {
    total_executions: item?.total_executions ?? 0,
    by_platform: namedTotals(item, PLATFORM_PREFIX),
    by_language: namedTotals(item, LANGUAGE_PREFIX),
    total_problems: item?.total_problems ?? 0,
    passed_executions: item?.passed_executions ?? 0,
    failed_executions: item?.failed_executions ?? 0,
  };
}

function namedTotals(item: UserStatsItem | undefined, prefix: string): Record<string, number> {
  const totals = Object.entries(item ?? {}).flatMap(([name, value]) => {
    const { data: total } = StoredCount.safeParse(value);
    return name.startsWith(prefix) && total !== undefined && value !== null
      ? [[name.slice(prefix.length), total] as const]
      : [];
  });
  return Object.fromEntries(totals.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

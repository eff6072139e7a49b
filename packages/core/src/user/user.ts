import * as z from "zod/mini";
import { StoredCount, StoredId } from "../table/stored.ts";
import { isSubject, SORT_KEY_LIMIT_BYTES } from "./user-subject.ts";
import type { UserStats } from "./user.answers.ts";

/** User who has recorded an execution. `sub` is the token's subject, `id` the integer that the API shows. */
export const User = z.object({
  id: StoredId,
  sub: z.string(),
  email: z._default(z.string(), ""),
  /** The last day (UTC) with an execution: `2025-10-07`. */
  last_active_on: z._default(z.string(), ""),
});
export type User = z.infer<typeof User>;

/** A subject that an operator names. */
export const Subject = z.string().check(
  z.minLength(1),
  z.refine(isSubject, {
    error: `write a token's subject, at most ${SORT_KEY_LIMIT_BYTES} bytes when percent-encoded`,
  }),
);

/** Author of a write, from the verified token. */
export interface Actor {
  sub: string;
  email: string;
  /** Name in lists: the first of the token's preferred name, name and email address that is not empty. */
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

import type { PendingInvalidations } from "../invalidation/pending.ts";
import { judge, refreshesEarly } from "./judge.ts";
import type { EntryKeys } from "./key-names.ts";
import type { lifetime } from "./lifetime.ts";

/**
 * True if a read may take the result of a load that another read started: only if the read began before the time up to
 * which the result is known to be current. A later read could have been preceded by an invalidation.
 */
export function mayShare(readTick: number, asOfTick: number): boolean {
  return readTick < asOfTick;
}

type AffectedBy = Pick<EntryKeys, "key" | "stampKeys">;

/** True if an entry must not be read before the invalidations that failed in this process have been repeated. */
export function isAffected(pending: PendingInvalidations | null, names: AffectedBy): boolean {
  return pending !== null && pending.affects(names);
}

/** The protocol's decisions; the model test replaces all but `refreshesEarly` one by one to show that each is needed. */
export const PROTOCOL: Policy = { judge, refreshesEarly, mayShare, isAffected };

export interface Policy {
  readonly judge: typeof judge;
  readonly refreshesEarly: typeof refreshesEarly;
  readonly mayShare: typeof mayShare;
  readonly isAffected: typeof isAffected;
  /** Replaces `lifetime`. Not part of PROTOCOL, because hits do not need that function and do not import its module. */
  readonly lifetime?: typeof lifetime;
}

import { isAffected } from "../invalidation/pending.ts";
import { judge } from "./judge.ts";
import { lifetime, refreshesEarly } from "./lifetime.ts";

/**
 * Whether a read may take the result of a load that it did not start: only when it began before the point up to which
 * the result is known to be current. A read that began later could have been preceded by an invalidation.
 */
export function mayShare(readTick: number, asOfTick: number): boolean {
  return readTick < asOfTick;
}

/** The protocol's decisions; the model test replaces them one by one to show that each is needed. */
export const PROTOCOL = { judge, lifetime, refreshesEarly, mayShare, isAffected };

export type Policy = typeof PROTOCOL;

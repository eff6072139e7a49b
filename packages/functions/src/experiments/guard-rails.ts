import { type ArmCounts, type ArmSlots, readsOf, type Slot, sumOf } from "./arm-slots.ts";

/** A guard rail: returns the facts in a few words if the trial lifetime does harm. */
type Rail = (trial: ArmCounts, usual: ArmCounts) => string | undefined;

/** Harmful difference of the arms' error rates: over half a percentage point, and over three standard errors. */
const ERRORS_MORE = 0.005;
const STANDARD_ERRORS = 3;

/** Ratio of the arms' loads per read above which the trial lifetime does harm, once its arm has `LEAST_LOADS` loads. */
const LOADS_TIMES = 2;
const LEAST_LOADS = 100;

const shown = (share: number) => `${(100 * share).toFixed(1)}%`;

/** Compared as soon as there are checked hits: a stale answer does not depend on the mix of keys. */
const atOnce: Record<"staleness", Rail> = {
  staleness: (trial, usual) =>
    trial.verified_stale > 0 && usual.verified_stale === 0
      ? `${trial.verified_stale} checked hits were stale, none of those with the usual lifetime`
      : undefined,
};

/**
 * Shares, compared only over whole pairs of slots: within one slot the arms have different keys, and one busy key makes
 * equal lifetimes differ by more than any limit.
 */
const afterPairs: Record<"errors" | "load", Rail> = {
  errors(trial, usual) {
    const [askedTrial, askedUsual] = [readsOf(trial) + trial.errors, readsOf(usual) + usual.errors];
    if (askedTrial === 0 || askedUsual === 0) return undefined;
    const share = (trial.errors + usual.errors) / (askedTrial + askedUsual);
    const chance = Math.sqrt(share * (1 - share) * (1 / askedTrial + 1 / askedUsual));
    const [ofTrial, ofUsual] = [trial.errors / askedTrial, usual.errors / askedUsual];
    return ofTrial - ofUsual > Math.max(ERRORS_MORE, STANDARD_ERRORS * chance)
      ? `${shown(ofTrial)} of requests failed, ${shown(ofUsual)} with the usual lifetime`
      : undefined;
  },
  load(trial, usual) {
    const [ofTrial, ofUsual] = [trial.loads / readsOf(trial), usual.loads / readsOf(usual)];
    return trial.loads >= LEAST_LOADS && ofTrial > LOADS_TIMES * ofUsual
      ? `${shown(ofTrial)} of reads loaded from the database, ${shown(ofUsual)} with the usual lifetime`
      : undefined;
  },
};

/** The first rail that an experiment has broken, with the facts; undefined while the trial lifetime does no harm. */
export function brokenRail({ complete, begun }: ArmSlots): string | undefined {
  const pairs = complete.slice(0, complete.length - (complete.length % 2));
  return firstBroken(atOnce, [...complete, ...begun]) ?? firstBroken(afterPairs, pairs);
}

function firstBroken(
  rails: Readonly<Record<string, Rail>>,
  slots: readonly Slot[],
): string | undefined {
  const [trial, usual] = [sumOf(slots, "trial"), sumOf(slots, "usual")];
  for (const [name, rail] of Object.entries(rails)) {
    const facts = rail(trial, usual);
    if (facts !== undefined) return `${name}: ${facts}`;
  }
  return undefined;
}

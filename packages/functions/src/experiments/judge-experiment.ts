import { ARMS } from "@algoitny/core/experiment/arms";
import { costOf } from "../cost/model.ts";
import type { Region } from "../cost/prices.ts";
import { type ArmCounts, readsOf, type Slot, sumOf } from "./arm-slots.ts";
import { confidenceSequence } from "./confidence-sequence.ts";

/**
 * Number of pairs of slots in a day of one-hour slots. A verdict uses whole multiples of this number of pairs,
 * including excluded ones, so that each hour of the day has the same weight; at least this many of the pairs must be
 * valid.
 */
export const PAIRS_OF_DAY = 12;

/** A difference of less than this share of the cost does not matter: 2 %. */
const MATTERS_PERCENT = 2;

/** Highest share of errors and bypasses together in an arm of a valid pair: 5 %. A larger one indicates an outage. */
const TROUBLE_SHARE = 0.05;

/** Length of the month to which costs refer: 30 days. */
const MONTH_SECONDS = 30 * 86_400;

export const VERDICTS = ["measuring", "trial", "usual", "no difference"] as const;
export type Verdict = (typeof VERDICTS)[number];

/** Result of an experiment's pairs. Savings are those of the trial lifetime, in percent of the usual one's cost. */
export interface Judgement {
  verdict: Verdict;
  /** Number of valid pairs, and of those excluded because an arm had no requests or an outage. */
  pairs: number;
  dropped: number;
  /** Null with fewer than two valid pairs. */
  saves_percent: { mean: number; low: number; high: number } | null;
  /** US dollars that the trial lifetime saves in 30 days at this traffic; null like `saves_percent`. */
  saves_dollars_month: number | null;
}

export interface Pricing {
  region: Region;
  /** DynamoDB read units of a load. */
  readUnits: number;
}

/** Cost of 1,000 reads of an arm in US dollars: a load costs more than a hit. */
export function dollarsPer1000(counts: ArmCounts, { region, readUnits }: Pricing): number {
  const reads = readsOf(counts);
  if (reads === 0) return 0;
  const question = { region, requests: 1_000, hit: 1 - counts.loads / reads, readUnits };
  return costOf(question).cached.total;
}

/** Judges the completed slots; `countedSeconds` is the counted part of each slot. */
export function judgeExperiment(
  slots: readonly Slot[],
  pricing: Pricing,
  countedSeconds: number,
): Judgement {
  const all = Array.from({ length: slots.length >> 1 }, (_, pair) =>
    slots.slice(2 * pair, 2 * pair + 2),
  );
  const kept = all.filter(isSound);
  const shown = savings(kept, pricing);
  // Days with their excluded pairs, such as those of a quiet night: without these, the hours of the day would shift.
  const days = Math.floor(all.length / PAIRS_OF_DAY);
  const judged = all.slice(0, days * PAIRS_OF_DAY).filter(isSound);
  // Hours without readers count in the monthly savings.
  const calm = all.filter((pair) => !isOutage(pair));
  const reads = calm
    .flat()
    .reduce((sum, { usual, trial }) => sum + readsOf(usual) + readsOf(trial), 0);
  const readsAMonth = (reads / (2 * calm.length * countedSeconds)) * MONTH_SECONDS;
  return {
    verdict: judged.length < PAIRS_OF_DAY ? "measuring" : verdictOf(savings(judged, pricing)),
    pairs: kept.length,
    dropped: all.length - kept.length,
    saves_percent: shown?.percent ?? null,
    saves_dollars_month: shown ? (shown.dollarsPer1000 * readsAMonth) / 1_000 : null,
  };
}

/** Requests of an arm, including failed ones. */
const askedOf = (counts: ArmCounts) => readsOf(counts) + counts.errors;

/** True for a pair with traffic and without an outage: it shows the effect of the lifetimes. */
function isSound(pair: readonly Slot[]): boolean {
  return ARMS.every((arm) => askedOf(sumOf(pair, arm)) > 0) && !isOutage(pair);
}

function isOutage(pair: readonly Slot[]): boolean {
  return ARMS.some((arm) => {
    const counts = sumOf(pair, arm);
    return counts.errors + counts.bypass > TROUBLE_SHARE * askedOf(counts);
  });
}

interface Savings {
  percent: { mean: number; low: number; high: number };
  dollarsPer1000: number;
}

function savings(pairs: readonly (readonly Slot[])[], pricing: Pricing): Savings | undefined {
  const costs = pairs.map((pair) => ({
    usual: dollarsPer1000(sumOf(pair, "usual"), pricing),
    trial: dollarsPer1000(sumOf(pair, "trial"), pricing),
  }));
  const saved = confidenceSequence(costs.map(({ usual, trial }) => usual - trial));
  if (!saved) return undefined;
  const usual = costs.reduce((sum, each) => sum + each.usual, 0) / costs.length;
  const percent = (dollars: number) => (100 * dollars) / usual;
  return {
    percent: { mean: percent(saved.mean), low: percent(saved.low), high: percent(saved.high) },
    dollarsPer1000: saved.mean,
  };
}

function verdictOf(judged: Savings | undefined): Verdict {
  if (!judged) return "measuring";
  const { low, high } = judged.percent;
  if (low > -MATTERS_PERCENT && high < MATTERS_PERCENT) return "no difference";
  if (low > 0) return "trial";
  return high < 0 ? "usual" : "measuring";
}

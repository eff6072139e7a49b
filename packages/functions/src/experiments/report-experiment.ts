import { firstSlot } from "@algoitny/core/experiment/arms";
import type { Experiment } from "@algoitny/core/experiment/experiment";
import { viewNamed } from "@algoitny/core/views";
import { type Region, REGIONS } from "../cost/prices.ts";
import type { SeriesSource } from "../metrics/series.ts";
import { type ArmCounts, readSlots, readsOf, sumOf } from "./arm-slots.ts";
import { brokenRail } from "./guard-rails.ts";
import { ownSecondsOf } from "./plan-experiment.ts";
import {
  dollarsPer1000,
  type Judgement,
  judgeExperiment,
  PAIRS_OF_DAY,
  type Pricing,
} from "./judge-experiment.ts";

/** Numbers of one arm to be shown; the verdict is not computed from them. */
export interface ArmReport {
  ttl_seconds: number;
  reads: number;
  cached_percent: number | null;
  loads: number;
  errors: number;
  verified_stale: number;
  dollars_per_1000_reads: number | null;
}

/** An experiment and its results so far. */
export interface ExperimentReport extends Experiment, Judgement {
  /** Start of its first slot, in seconds since the epoch. */
  counts_from: number;
  usual: ArmReport;
  trial: ArmReport;
  /** The result in words; if the trial lifetime is better, with the setting that makes it permanent. */
  sentence: string;
  /** Harm for which the next run of the guard ends the experiment if it still runs; null if there is none. */
  broken_rail: string | null;
}

/** Reads the numbers of an experiment and judges them. */
export async function reportExperiment(
  experiment: Experiment,
  source: SeriesSource,
  region: Region,
): Promise<ExperimentReport> {
  const slots = await readSlots(experiment, source);
  const { slot_seconds: slotSeconds, settling_seconds: settling } = experiment;
  const pricing = { region, readUnits: experiment.read_units };
  const judged = judgeExperiment(slots.complete, pricing, slotSeconds - settling);
  const all = [...slots.complete, ...slots.begun];
  return {
    ...experiment,
    ...judged,
    counts_from: firstSlot(experiment) * slotSeconds,
    usual: armReport(sumOf(all, "usual"), experiment.usual_seconds, pricing),
    trial: armReport(sumOf(all, "trial"), experiment.trial_seconds, pricing),
    sentence: sentenceOf(experiment, judged),
    broken_rail: brokenRail(slots) ?? null,
  };
}

function armReport(counts: ArmCounts, ttlSeconds: number, pricing: Pricing): ArmReport {
  const reads = readsOf(counts);
  const { hit, stale, loads, errors, verified_stale: verifiedStale } = counts;
  return {
    ttl_seconds: ttlSeconds,
    reads,
    cached_percent: reads === 0 ? null : Math.round((1_000 * (hit + stale)) / reads) / 10,
    loads,
    errors,
    verified_stale: verifiedStale,
    dollars_per_1000_reads: reads === 0 ? null : dollarsPer1000(counts, pricing),
  };
}

function sentenceOf(experiment: Experiment, judged: Judgement): string {
  const { view, usual_seconds: usual, trial_seconds: trial, ended_because: because } = experiment;
  const { verdict, pairs, saves_percent: saves, saves_dollars_month: dollars } = judged;
  const about = `${trial} s instead of ${usual} s for ${view}`;
  const ended = because === null ? deployedSince(experiment) : ` Ended: ${because}.`;
  if (!saves || verdict === "measuring") {
    const seen = saves ? `: saves ${range(saves)} so far, which decides nothing yet` : "";
    const wanted = pairs < PAIRS_OF_DAY ? `, of the ${PAIRS_OF_DAY} that a verdict needs` : "";
    const counted = pairs === 1 ? "1 pair of slots is" : `${pairs} pairs of slots are`;
    return `${about}${seen}; ${counted} counted${wanted}.${ended}`;
  }
  const money = `$${Math.abs(dollars ?? 0).toFixed(2)} a month`;
  const { mean, low, high } = saves;
  const variable = `CACHE_${viewNamed(view)?.ttl ?? ""}_TTL=${trial}`;
  const found = {
    trial: `saves ${range(saves)}, ${money}. ${variable} makes it permanent`,
    usual: `costs ${range({ mean: -mean, low: -high, high: -low })} more, ${money}: keep the usual lifetime`,
    "no difference": `no difference that matters (${range(saves)}): keep the usual lifetime`,
  }[verdict];
  return `${about}: ${found}.${ended}`;
}

/** A deployment may have made a lifetime permanent: until the experiment is stopped, its lifetimes still apply. */
function deployedSince({ view, usual_seconds: usual }: Experiment): string {
  const own = ownSecondsOf(view);
  return own === undefined || own === usual
    ? ""
    : ` The view's own lifetime is ${own} s by now, which counts once the experiment is stopped.`;
}

const range = ({ mean, low, high }: NonNullable<Judgement["saves_percent"]>) =>
  `${mean.toFixed(1)}% (${low.toFixed(1)} to ${high.toFixed(1)})`;

/** The region whose prices are used: the stage's, or us-east-1 if its prices are unknown. */
export function pricedRegion({
  AWS_REGION: name,
}: Readonly<Record<string, string | undefined>>): Region {
  return REGIONS.find((region) => region === name) ?? "us-east-1";
}

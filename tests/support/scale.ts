import { inject } from "vitest";
import type { MixName } from "../storm/mixes.ts";

export interface StormSize {
  mix: MixName;
  problems: number;
  writes: number;
  /** Kinds of writes that may occur less than once in 100. */
  rareKinds: number;
  checks: number;
  /** Number of different Redis faults that must occur. */
  faults: number;
  /** Least share of hits on data that was changed less than a second before, on an idle machine. */
  recentShare: number;
}

const FULL = {
  problems: 4_637,
  writes: 2_000,
  rareKinds: 0,
  checks: 1,
  faults: 5,
  recentShare: 0.5,
};
const SMALL = { problems: 50, writes: 50, rareKinds: 5, checks: 1, faults: 0, recentShare: 0 };

const STORMS: Record<"suite" | "proof" | "landing", readonly StormSize[]> = {
  suite: [{ mix: "everything", ...SMALL }],
  proof: [
    { mix: "everything", ...FULL },
    { mix: "contest", ...FULL },
  ],
  landing: [
    { mix: "everything", ...FULL, writes: 1_000 },
    { mix: "contest", ...SMALL, writes: 80 },
  ],
};

const PROOF = {
  readYourWrites: { rounds: 1_000, hitsEvery: 25 },
  burst: { executions: 1_000, searches: 200 },
  storms: STORMS.proof,
  soundness: { api: 20, hand: 15 },
  recordedViews: { runs: 12, writes: 20 },
  totalLoss: { instances: 8, ofPopular: 10, ofRare: 5, popular: 500 },
  responseStorm: { answers: 100_000, overServer: 100_000, ofBug: 10_000 },
  modelRuns: 100_000,
  memoryStoreWrites: 1_000_000,
  recordedStorm: { tables: 16, views: 60, writes: 70 },
  missingRules: Infinity,
  checkedHits: 10_000,
  experiments: { keys: 500, slots: 168 },
  agreement: { perSecond: 200, seconds: 120 },
} as const;

/**
 * Sizes of the random proofs: `npm test` takes those of `suite`, `npm run prove` those of `proof`; `.ci/run` those of `landing`
 * (`PROOF_SCALE`), so that a landing takes minutes.
 */
const SCALES = {
  suite: {
    readYourWrites: { rounds: 20, hitsEvery: 5 },
    burst: { executions: 80, searches: 40 },
    storms: STORMS.suite,
    soundness: { api: 2, hand: 2 },
    recordedViews: { runs: 1, writes: 4 },
    totalLoss: { instances: 3, ofPopular: 3, ofRare: 2, popular: 30 },
    responseStorm: { answers: 1_500, overServer: 600, ofBug: 600 },
    modelRuns: 500,
    memoryStoreWrites: 10_000,
    recordedStorm: { tables: 2, views: 20, writes: 8 },
    missingRules: 1,
    checkedHits: 20,
    experiments: { keys: 24, slots: 40 },
    agreement: { perSecond: 100, seconds: 2 },
  },
  proof: PROOF,
  landing: {
    ...PROOF,
    readYourWrites: { rounds: 400, hitsEvery: 25 },
    soundness: { api: 10, hand: 8 },
    memoryStoreWrites: 300_000,
    storms: STORMS.landing,
    recordedViews: { runs: 2, writes: 20 },
    responseStorm: { ...PROOF.responseStorm, answers: 30_000, overServer: 5_000 },
    recordedStorm: { ...PROOF.recordedStorm, tables: 5 },
    checkedHits: 2_000,
    experiments: { keys: 200, slots: 96 },
    agreement: { perSecond: 40, seconds: 20 },
  },
} as const;

export type Scale = keyof typeof SCALES;

declare module "vitest" {
  interface ProvidedContext {
    scale: Scale;
  }
}

/** The sizes that this run's configuration selects. */
export const scale = SCALES[inject("scale")];

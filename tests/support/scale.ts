import { inject } from "vitest";

/** Sizes of the random proofs: `npm test` takes the small ones, `npm run prove` the large ones. */
const SCALES = {
  suite: {
    readYourWrites: { rounds: 20, hitsEvery: 5 },
    storm: { problems: 50, writes: 50, rareKinds: 5, checks: 1, faults: 0, freshShare: 0 },
    soundness: { api: 2, hand: 2 },
    totalLoss: { instances: 3, ofPopular: 3, ofRare: 2, popular: 30 },
    modelRuns: 1_000,
    memoryStoreWrites: 10_000,
  },
  proof: {
    readYourWrites: { rounds: 1_000, hitsEvery: 25 },
    storm: { problems: 4_637, writes: 1_000, rareKinds: 0, checks: 1, faults: 5, freshShare: 0.5 },
    soundness: { api: 20, hand: 15 },
    totalLoss: { instances: 8, ofPopular: 10, ofRare: 5, popular: 500 },
    modelRuns: 100_000,
    memoryStoreWrites: 1_000_000,
  },
} as const;

export type Scale = keyof typeof SCALES;

declare module "vitest" {
  interface ProvidedContext {
    scale: Scale;
  }
}

/** The sizes that this run's configuration asks for. */
export const scale = SCALES[inject("scale")];

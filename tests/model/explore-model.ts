import { setImmediate as turn } from "node:timers/promises";
import { seededChoices } from "@algoitny/cache/testing/explore";
import { generate } from "./generate.ts";
import type { Mutation } from "./cache-instance.ts";
import { run } from "./run-scenario.ts";
import type { Counterexample } from "./shrink.ts";
import { warmUp } from "../support/warm-up.ts";

export interface Exploration {
  /** Number of explored interleavings, including the one that broke a promise. */
  readonly runs: number;
  /** Steps in all of them. */
  readonly steps: number;
  /** The first run that broke a promise, as it was found. */
  readonly broken: (Counterexample & { readonly seed: number }) | undefined;
}

export interface ExploreOptions {
  /** Run `n` is the scenario and the order of seed `seed + n`. */
  seed: number;
  runs: number;
  mutation?: Mutation | undefined;
  /** Called at intervals with the number of completed runs and steps. */
  onProgress?: (runs: number, steps: number) => void;
}

/** Runs between two turns of the event loop, in which unhandled rejections and progress are reported. */
const RUNS_AT_ONCE = 100;

/** Explores interleavings until one breaks a promise, or all are explored. */
export async function explore({
  seed,
  runs,
  mutation,
  onProgress,
}: ExploreOptions): Promise<Exploration> {
  await warmUp();
  let steps = 0;
  const { stackTraceLimit } = Error;
  // Most runs contain errors, and their stack traces are not used.
  Error.stackTraceLimit = 0;
  try {
    for (let index = 0; index < runs; index += 1) {
      const scenario = generate(seed + index, mutation?.focus);
      const outcome = await run(scenario, seededChoices(seed + index), { mutation });
      steps += outcome.steps;
      const { complaint, choices } = outcome;
      if (complaint !== undefined) {
        const broken = { scenario, choices, complaint, seed: seed + index };
        return { runs: index + 1, steps, broken };
      }
      if (index % RUNS_AT_ONCE > 0) continue;
      await turn();
      onProgress?.(index + 1, steps);
    }
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
  return { runs, steps, broken: undefined };
}

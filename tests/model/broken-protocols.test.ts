import { describe, expect, test } from "vitest";
import { explore } from "./explore-model.ts";
import { MUTATIONS } from "./mutations.ts";

/** Enough runs to find each broken rule, also when a change of the model reorders the scenarios: the rarest takes about 1,600. */
const RUNS_TO_FIND = 50_000;

describe("a broken protocol is detected:", () => {
  test.for(Object.entries(MUTATIONS))("%s", { timeout: 120_000 }, async ([name, mutation]) => {
    const { runs, broken } = await explore({ seed: 1, runs: RUNS_TO_FIND, mutation });
    expect(broken).toBeDefined();
    console.log(`${name}: found in run ${runs}, which breaks "${broken?.complaint.promise}"`);
  });
});

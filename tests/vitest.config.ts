import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

/** Long proofs over a whole local cloud: once a run, after all the rest. */
const PROOFS = ["tests/flows/read-your-writes.test.ts", "tests/flows/storm.test.ts"];

/** What has a time limit of its own runs last, and alone: nothing competes with it. */
const TIMED = ["tests/flows/import-catalogue.test.ts"];

/** What talks to a Redis or DynamoDB engine runs once per pair of engines in CI; the rest needs none. */
const ENGINE_TESTS = ["tests/**/*.engine.test.ts", "tests/flows/**/*.test.ts"];

/** What looks at the resources that SST would deploy: all stages are evaluated once, before these tests. */
const STACK_TESTS = ["tests/stacks/**/*.test.ts"];

export default defineConfig({
  test: {
    // One core is left to vitest itself, but for machines with two: tests wait for engines half of their time.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      {
        test: {
          name: "unit",
          include: ["tests/**/*.test.ts"],
          exclude: [...ENGINE_TESTS, ...STACK_TESTS],
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: "engines",
          include: ENGINE_TESTS,
          exclude: [...PROOFS, ...TIMED],
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: "proofs",
          include: PROOFS,
          testTimeout: 600_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: "timed",
          include: TIMED,
          testTimeout: 600_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          name: "stacks",
          include: STACK_TESTS,
          globalSetup: "tests/stacks/support/global-setup.ts",
          testTimeout: 60_000,
        },
      },
    ],
  },
});

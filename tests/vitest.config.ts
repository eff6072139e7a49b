import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { defineConfig } from "vitest/config";
import { leftOut, runsAll } from "./slow-tests.ts";
import { RANDOM_FILES } from "./support/random-files.ts";

/** Tests of the resources that SST would deploy: all stages are evaluated once, before them. */
const STACKS = ["tests/stacks/**/*.test.ts"];

/** Tests by the engines that they need: CI runs these over the other engines too. */
const REDIS = ["tests/**/*.redis.test.ts"];
const DYNAMODB = ["tests/**/*.dynamodb.test.ts"];
const BOTH = ["tests/**/*.engine.test.ts", "tests/flows/**/*.test.ts"];

/** Commands of the local cloud, started as people start them, with the engines that they find. */
const COMMANDS = ["tests/**/*.command.test.ts"];

// Processes and worker threads that tests start find compiled code there, which saves a third of a cloud's start.
process.env["NODE_COMPILE_CACHE"] ??= join(tmpdir(), "node-compile-cache");

/** Tests of state that all code of a process shares: other tests in the process would interfere. */
const ALONE = [
  "tests/cache/otel/otel.test.ts",
  "tests/functions/experiments/counting-arms.test.ts",
];

// Set-ups and tests read it to do less in a plain run.
if (runsAll()) process.env["ALL_TESTS"] = "1";
const LEFT_OUT = leftOut();

/**
 * Files share imported modules, and their state such as the engine: loading them for each file would take as long as
 * the tests.
 */
const SHARED = { isolate: false };
/** A limit for tests that hang: on a busy machine, tests take several times as long as on an idle one. */
const TIMEOUTS = { testTimeout: 120_000, hookTimeout: 180_000 };
/**
 * Tests over a local cloud check values, not durations: a busy machine must not turn their hits into bypasses. They
 * count requests to Redis and DynamoDB, to which checks of hits would add.
 */
const PATIENT = { CACHE_STORE_TIMEOUT_MS: "5000", CACHE_VERIFY_PER_MINUTE: "0" };
/** Downloads an engine that is not embedded, before its tests. */
const FETCHED = "tests/support/fetch-dynamodb.ts";
/** Clouds run the bundle of the functions, which is built once. */
const CLOUDS = { env: PATIENT, globalSetup: [FETCHED, "tests/support/functions-setup.ts"] };
const LONG_TIMEOUTS = { testTimeout: 600_000, hookTimeout: 180_000 };

/** File for the results as JSON, from which `.ci/run` reads the names of failed files. */
const results = process.env["TEST_RESULTS"];

export default defineConfig({
  test: {
    provide: { scale: "suite" },
    // Tests of failures print warnings and errors, which would look like failures of a passing run.
    silent: "passed-only",
    reporters: results ? ["default", ["json", { outputFile: results }]] : ["default"],
    // On larger machines, one core is left for vitest itself; tests wait for engines a third of their time.
    maxWorkers: Math.max(3, availableParallelism() - 1),
    projects: [
      {
        test: {
          name: "unit",
          ...SHARED,
          include: ["tests/**/*.test.ts"],
          exclude: [
            ...LEFT_OUT,
            ...REDIS,
            ...DYNAMODB,
            ...BOTH,
            ...RANDOM_FILES,
            ...COMMANDS,
            ...STACKS,
            ...ALONE,
          ],
          ...TIMEOUTS,
        },
      },
      { test: { name: "alone", include: ALONE, exclude: LEFT_OUT, ...TIMEOUTS } },
      { test: { name: "redis", ...SHARED, include: REDIS, exclude: LEFT_OUT, ...TIMEOUTS } },
      {
        test: {
          name: "dynamodb",
          ...SHARED,
          include: DYNAMODB,
          exclude: LEFT_OUT,
          globalSetup: FETCHED,
          ...TIMEOUTS,
        },
      },
      {
        test: {
          name: "both",
          ...SHARED,
          include: BOTH,
          exclude: [...LEFT_OUT, ...RANDOM_FILES],
          ...CLOUDS,
          ...TIMEOUTS,
        },
      },
      {
        test: {
          name: "commands",
          ...SHARED,
          include: COMMANDS,
          exclude: LEFT_OUT,
          globalSetup: FETCHED,
          ...TIMEOUTS,
        },
      },
      {
        test: {
          name: "stacks",
          include: STACKS,
          exclude: LEFT_OUT,
          globalSetup: "tests/stacks/support/global-setup.ts",
          setupFiles: "tests/stacks/support/await-graphs.ts",
          ...TIMEOUTS,
        },
      },
      {
        test: {
          name: "random",
          include: RANDOM_FILES,
          exclude: LEFT_OUT,
          ...CLOUDS,
          ...LONG_TIMEOUTS,
        },
      },
    ],
  },
});

import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { defineConfig } from "vitest/config";
import { leftOut } from "./slow-tests.ts";

/** Random writes over a whole local cloud: once a run, over the embedded engines. */
const RANDOM = ["tests/flows/read-your-writes.test.ts", "tests/storm/storm.test.ts"];

/** Its time limit is that of the API, so it runs last and alone: nothing competes with it. */
const STREAM = ["tests/flows/stream.test.ts"];

/** Tests of the resources that SST would deploy: all stages are evaluated once, before them. */
const STACKS = ["tests/stacks/**/*.test.ts"];

/** Tests by the engines that they need: in CI these run over the other engines too. The rest needs none. */
const REDIS = ["tests/**/*.redis.test.ts"];
const DYNAMODB = ["tests/**/*.dynamodb.test.ts"];
const BOTH = ["tests/**/*.engine.test.ts", "tests/flows/**/*.test.ts"];

/** Commands of the local cloud, started as people start them, over whichever engines they find. */
const COMMANDS = ["tests/**/*.command.test.ts"];

// Processes and worker threads that tests start find code there that others have compiled: a third of a cloud's start.
process.env["NODE_COMPILE_CACHE"] ??= join(tmpdir(), "node-compile-cache");

const LEFT_OUT = leftOut();

/** Files share the modules that they import, and what these keep, as the engine: loading anew took half of the time. */
const SHARED = { isolate: false };
const TIMEOUTS = { testTimeout: 30_000, hookTimeout: 60_000 };
/** Tests of whole paths judge values, not waits: a busy machine must not turn their hits into bypasses. */
const PATIENT = { CACHE_STORE_TIMEOUT_MS: "5000" };
/** Clouds run the functions' bundle, which is made once. */
const CLOUDS = { env: PATIENT, globalSetup: "tests/support/functions-setup.ts" };
const LONG_TIMEOUTS = { testTimeout: 600_000, hookTimeout: 60_000 };

export default defineConfig({
  test: {
    provide: { scale: "suite" },
    // One core is left to vitest itself, but for machines with two: tests wait for engines half of their time.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      {
        test: {
          name: "unit",
          ...SHARED,
          include: ["tests/**/*.test.ts"],
          exclude: [...LEFT_OUT, ...REDIS, ...DYNAMODB, ...BOTH, ...RANDOM, ...COMMANDS, ...STACKS],
          ...TIMEOUTS,
        },
      },
      { test: { name: "redis", ...SHARED, include: REDIS, exclude: LEFT_OUT, ...TIMEOUTS } },
      { test: { name: "dynamodb", ...SHARED, include: DYNAMODB, exclude: LEFT_OUT, ...TIMEOUTS } },
      {
        test: {
          name: "both",
          ...SHARED,
          include: BOTH,
          exclude: [...LEFT_OUT, ...RANDOM, ...STREAM],
          ...CLOUDS,
          ...TIMEOUTS,
        },
      },
      { test: { name: "commands", ...SHARED, include: COMMANDS, exclude: LEFT_OUT, ...TIMEOUTS } },
      {
        test: {
          name: "stacks",
          include: STACKS,
          exclude: LEFT_OUT,
          globalSetup: "tests/stacks/support/global-setup.ts",
          testTimeout: 60_000,
        },
      },
      { test: { name: "random", include: RANDOM, ...CLOUDS, ...LONG_TIMEOUTS } },
      {
        test: {
          name: "stream",
          include: STREAM,
          ...CLOUDS,
          sequence: { groupOrder: 1 },
          ...TIMEOUTS,
        },
      },
    ],
  },
});

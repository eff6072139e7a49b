import { defineConfig } from "vitest/config";

/** What talks to a Redis or DynamoDB engine runs once per pair of engines in CI; the rest needs none. */
const ENGINE_TESTS = ["tests/**/*.engine.test.ts", "tests/flows/**/*.test.ts"];

/** What looks at the resources that SST would deploy: all stages are evaluated once, before these tests. */
const STACK_TESTS = ["tests/stacks/**/*.test.ts"];

export default defineConfig({
  test: {
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
        test: { name: "engines", include: ENGINE_TESTS, testTimeout: 30_000, hookTimeout: 60_000 },
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

import { defineConfig } from "vitest/config";

/** Tests over a whole local cloud, with every view recorded instead of invalidated by rules. */
export default defineConfig({
  test: {
    include: [
      "tests/flows/beat.test.ts",
      "tests/flows/dying-writer.test.ts",
      "tests/flows/read-your-writes.test.ts",
      "tests/storm/storm.test.ts",
    ],
    globalSetup: "tests/support/functions-setup.ts",
    env: { CACHE_STORE_TIMEOUT_MS: "5000", CACHE_RECORDED_VIEWS: "all" },
    provide: { scale: "suite" },
    fileParallelism: false,
    testTimeout: 1_200_000,
    hookTimeout: 60_000,
  },
});

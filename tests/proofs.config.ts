import { defineConfig } from "vitest/config";

/** Tests at the size of a proof, most of which draw at random: `npm run prove -- rounds`, for one. */
export default defineConfig({
  test: {
    include: [
      "tests/cache/dynamodb/recorded-storm.dynamodb.test.ts",
      "tests/cache/graphql/response-storm.redis.test.ts",
      "tests/cache/hardest/12-total-loss.redis.test.ts",
      "tests/cache/store/memory-store.test.ts",
      "tests/core/soundness/invalidation-soundness.dynamodb.test.ts",
      "tests/functions/experiments/confidence-sequence.test.ts",
      "tests/functions/verifying/monitor.dynamodb.test.ts",
      "tests/drills/drills.proof.ts",
      "tests/core/soundness/recorded-views.dynamodb.test.ts",
      "tests/flows/agreement.test.ts",
      "tests/flows/burst.test.ts",
      "tests/flows/read-your-writes.test.ts",
      "tests/storm/storm.test.ts",
    ],
    globalSetup: "tests/support/functions-setup.ts",
    env: { CACHE_STORE_TIMEOUT_MS: "5000" },
    provide: { scale: process.env["PROOF_SCALE"] === "landing" ? "landing" : "proof" },
    fileParallelism: false,
    testTimeout: 1_200_000,
    hookTimeout: 60_000,
  },
});

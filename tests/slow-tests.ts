/**
 * Tests of whole paths that take seconds each, with the quicker tests that check the same rules. A plain `npm test` leaves them
 * out; `.ci/run` runs them over real servers (`ALL_TESTS=1`), and so does a command line that names a file.
 */
export const SLOW_TESTS: Readonly<Record<string, readonly string[]>> = {
  "tests/cache/store/redis-clients.redis.test.ts": [
    "tests/cache/store/store-suite.redis.test.ts",
    "tests/cache/store/redis-client-shapes.test.ts",
  ],
  "tests/cache/hardest/02-lost-keys.redis.test.ts": ["tests/model/model.test.ts"],
  "tests/cache/hardest/03-replayed-stream.redis.test.ts": ["tests/model/model.test.ts"],
  "tests/cache/hardest/04-stale-origin.test.ts": ["tests/cache/lookup/settling.test.ts"],
  "tests/cache/hardest/05-lagging-replica.redis.test.ts": ["tests/cache/read/reads.test.ts"],
  "tests/cache/hardest/06-stampede-with-dying-leader.redis.test.ts": [
    "tests/cache/fill/single-flight.test.ts",
    "tests/cache/fill/waiting.test.ts",
  ],
  "tests/cache/hardest/07-brown-out.redis.test.ts": ["tests/cache/fill/without-store.test.ts"],
  "tests/cache/hardest/08-frozen-function.redis.test.ts": ["tests/model/model.test.ts"],
  "tests/cache/hardest/10-many-at-once.redis.test.ts": ["tests/cache/read/batch.test.ts"],
  "tests/cache/hardest/11-one-write-whole.redis.test.ts": ["tests/cache/read/snapshot.test.ts"],
  "tests/core/history/damaged-counts.dynamodb.test.ts": ["tests/flows/damaged-counts.test.ts"],
  "tests/flows/beat.test.ts": ["tests/functions/beat/beat.dynamodb.test.ts"],
  "tests/flows/damaged-executions.test.ts": ["tests/core/history/damaged-rows.dynamodb.test.ts"],
  "tests/flows/damaged-items.test.ts": ["tests/core/table/odd-items.dynamodb.test.ts"],
  "tests/flows/database-outage.test.ts": ["tests/cache/stale/stand-in.test.ts"],
  "tests/flows/held-refresh.test.ts": ["tests/functions/refreshing/refresh-queue.test.ts"],
  "tests/flows/redis-outage.test.ts": [
    "tests/cache/fill/without-store.test.ts",
    "tests/flows/failed-invalidations.test.ts",
  ],
  "tests/flows/redis-refuses-writes.test.ts": [
    "tests/functions/check-health.test.ts",
    "tests/cache/invalidation/announced-change.test.ts",
  ],
  "tests/flows/two-processes.test.ts": ["tests/flows/read-your-writes.test.ts"],
  "tests/flows/warming-flow.test.ts": [
    "tests/core/warming.dynamodb.test.ts",
    "tests/functions/warming/warm.dynamodb.test.ts",
  ],
  "tests/local/cli/dev.command.test.ts": ["tests/local/cli/banner.command.test.ts"],
  "tests/ops/import/import.command.test.ts": ["tests/flows/import.test.ts"],
  "tests/stacks/deployment.test.ts": [
    "tests/stacks/permissions.test.ts",
    "tests/stacks/bundles.test.ts",
  ],
};

/** Files that this run leaves out. */
export function leftOut(
  env: NodeJS.ProcessEnv = process.env,
  args: readonly string[] = process.argv,
): string[] {
  const names = args.some((each) => /^(\.\/)?tests\/(?!.*\.config\.ts$)/.test(each));
  return env["ALL_TESTS"] || names ? [] : Object.keys(SLOW_TESTS);
}

/**
 * Tests that take seconds each, with the quicker tests that check the same rules. A plain `npm test` leaves them
 * out; `.ci/run` runs them (`ALL_TESTS=1`), most of them over redis-server, and so does a command line that names a file.
 */
export const SLOW_TESTS: Readonly<Record<string, readonly string[]>> = {
  "tests/cache/graphql/response-storm.redis.test.ts": [
    "tests/cache/graphql/changes.test.ts",
    "tests/cache/graphql/sharing.test.ts",
    "tests/cache/graphql/stored-responses.test.ts",
  ],
  "tests/cache/graphql/over-a-server.redis.test.ts": [
    "tests/cache/graphql/changes.test.ts",
    "tests/cache/graphql/sharing.test.ts",
    "tests/cache/graphql/stored-responses.test.ts",
    "tests/cache/graphql/normalisation.test.ts",
    "tests/cache/graphql/http.test.ts",
  ],
  "tests/flows/graphql-endpoint.test.ts": [
    "tests/functions/graphql/graphql-answers.test.ts",
    "tests/functions/graphql/operation-limits.test.ts",
    "tests/functions/graphql/connection.test.ts",
    "tests/cache/graphql/changes.test.ts",
  ],
  "tests/cache/store/redis-clients.redis.test.ts": [
    "tests/cache/store/store-suite.redis.test.ts",
    "tests/cache/store/redis-client-shapes.test.ts",
  ],
  "tests/cache/hardest/02-lost-keys.redis.test.ts": ["tests/model/model.test.ts"],
  "tests/cache/hardest/06-stampede-with-dying-leader.redis.test.ts": [
    "tests/cache/fill/single-flight.test.ts",
    "tests/cache/fill/waiting.test.ts",
  ],
  "tests/cache/hardest/07-brown-out.redis.test.ts": [
    "tests/cache/store/open-breaker.test.ts",
    "tests/cache/fill/late-replies.test.ts",
    "tests/cache/fill/waiting.test.ts",
  ],
  "tests/cache/hardest/08-frozen-function.redis.test.ts": [
    "tests/cache/fill/lease-lengths.test.ts",
    "tests/cache/fill/slow-loads.test.ts",
    "tests/model/model.test.ts",
  ],
  "tests/core/history/damaged-counts.dynamodb.test.ts": ["tests/flows/damaged-counts.test.ts"],
  "tests/flows/damaged-items.test.ts": [
    "tests/core/table/odd-items.dynamodb.test.ts",
    "tests/core/hiding-writes.dynamodb.test.ts",
  ],
  "tests/flows/damaged-executions.test.ts": ["tests/core/history/damaged-rows.dynamodb.test.ts"],
  "tests/flows/database-limits.test.ts": [
    "tests/core/table/item-size.test.ts",
    "tests/core/table/transactions.dynamodb.test.ts",
  ],
  "tests/flows/database-outage.test.ts": [
    "tests/cache/stale/stale.test.ts",
    "tests/functions/endpoint/endpoint.test.ts",
  ],
  "tests/flows/warming-flow.test.ts": [
    "tests/core/warming.dynamodb.test.ts",
    "tests/functions/warming/warm.dynamodb.test.ts",
  ],
  "tests/flows/smoke-against-cloud.test.ts": [
    "tests/ops/smoke/smoke.test.ts",
    "tests/ops/smoke/smoke-preflight.test.ts",
  ],
  "tests/flows/burst.test.ts": [
    "tests/core/table/counters.dynamodb.test.ts",
    "tests/core/problem/cached-catalogue.test.ts",
  ],
  "tests/core/history/history-feeds.dynamodb.test.ts": [
    "tests/core/history/own-feeds.dynamodb.test.ts",
    "tests/core/history/feed-depth.dynamodb.test.ts",
  ],
  "tests/functions/invalidation/operators-reach.dynamodb.test.ts": [
    "tests/functions/invalidation/invalidate-batch.test.ts",
    "tests/core/recorded-switch.test.ts",
  ],
  "tests/ops/import/import.command.test.ts": [
    "tests/ops/import/codeforces.test.ts",
    "tests/flows/import.test.ts",
  ],
  "tests/flows/hot-feed.test.ts": ["tests/core/history/hot-pages.dynamodb.test.ts"],
  "tests/flows/preconditions-flow.test.ts": [
    "tests/core/preconditions.dynamodb.test.ts",
    "tests/functions/endpoint/preconditions.test.ts",
    "tests/flows/preconditions-of-writes.test.ts",
  ],
  "tests/flows/redis-refuses-writes.test.ts": [
    "tests/flows/redis-outage.test.ts",
    "tests/functions/check-health.test.ts",
    "tests/cache/store/misconfigured.test.ts",
  ],
  "tests/flows/beat.test.ts": [
    "tests/functions/beat/beat.dynamodb.test.ts",
    "tests/cache/store/beat.redis.test.ts",
    "tests/cache/store/roll-back.redis.test.ts",
  ],
  "tests/local/dynamodb/another-database.engine.test.ts": [
    "tests/local/dynamodb/dynamodb-engine.dynamodb.test.ts",
    "tests/local/redis/redis-engine.redis.test.ts",
  ],
  "tests/local/cli/banner.command.test.ts": ["tests/local/cli/dev.command.test.ts"],
  "tests/flows/dashboard.test.ts": ["tests/page/page-files.test.ts"],
  "tests/flows/agreement.test.ts": [
    "tests/functions/metrics/series.test.ts",
    "tests/local/function-lines.test.ts",
    "tests/ops/load/check-totals.test.ts",
  ],
  "tests/flows/graphiql.test.ts": ["tests/local/graphiql/graphiql-page.test.ts"],
  "tests/flows/operators-commands.test.ts": ["tests/ops/commands/ops-usage.test.ts"],
  "tests/storm/storm.test.ts": [
    "tests/flows/read-your-writes.test.ts",
    "tests/flows/two-processes.test.ts",
    "tests/core/soundness/invalidation-soundness.dynamodb.test.ts",
  ],
  "tests/cache/package/package.redis.test.ts": [
    "tests/cache/package/api-docs.test.ts",
    "tests/cache/package/size.test.ts",
  ],
  "tests/stacks/bundles.test.ts": [
    "tests/functions/http/bundle.test.ts",
    "tests/stacks/cli.test.ts",
  ],
  "tests/stacks/deployment.test.ts": [
    "tests/stacks/permissions.test.ts",
    "tests/stacks/secrets.test.ts",
    "tests/flows/every-route.test.ts",
  ],
};

/** True for a run of all tests, and for one that names files. */
export function runsAll(
  env: NodeJS.ProcessEnv = process.env,
  args: readonly string[] = process.argv,
): boolean {
  const names = args.some((each) => /^(\.\/)?tests\/(?!.*\.config\.ts$)/.test(each));
  return names || Boolean(env["ALL_TESTS"]);
}

/** Files that a run leaves out. */
export function leftOut(all: boolean = runsAll()): string[] {
  return all ? [] : Object.keys(SLOW_TESTS);
}

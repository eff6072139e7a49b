import { ok } from "../endpoint/answer.ts";
import { endpoint } from "../http-runtime.ts";
import { topOperations } from "../graphql/operation-counts.ts";
import { operationCounts } from "../graphql/operations-runtime.ts";
import { popularity } from "../runtime.ts";

/**
 * Details that were read most in the last hour or two, and the most frequent GraphQL operations, in descending order; one
 * command each. Other views are not counted.
 */
export const handler = endpoint("GET /api/ops/cache/top/", {}, async () => {
  const [counts, operations] = await Promise.all([
    popularity.counts(),
    topOperations(operationCounts),
  ]);
  const total = counts.reduce((sum, [, reads]) => sum + reads, 0);
  return ok({
    keys: counts.map(([key, reads]) => ({
      key,
      reads,
      share_percent: Math.round((1_000 * reads) / total) / 10,
    })),
    operations,
  });
});

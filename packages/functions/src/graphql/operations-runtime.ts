import { links } from "../links.ts";
import { createSharedCounts } from "../popularity/shared-counts.ts";

/** Counts of GraphQL's operations, beside those that popularity warms by. */
export const operationCounts = createSharedCounts({
  ...links.redis(),
  prefix: "algoitny:operations",
});

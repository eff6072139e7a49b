import { links } from "../links.ts";
import { createSharedCounts } from "../popularity/shared-counts.ts";

/** Counts of GraphQL operations, separate from the counts by which details are warmed. */
export const operationCounts = createSharedCounts({
  ...links.redis(),
  prefix: "algoitny:operations",
});

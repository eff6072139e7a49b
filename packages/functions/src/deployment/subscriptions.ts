import { shownEntities } from "@algoitny/core/invalidation-rules";
import type { EntityName } from "@algoitny/core/table/entities";
import { keyPrefixes } from "@algoitny/core/table/key-prefixes";

const startsWith = (...texts: string[]) => ({ S: texts.map((prefix) => ({ prefix })) });

/** Counters and markers are left out: no cached view shows them. */
const hidden = (Object.keys(keyPrefixes) as EntityName[]).filter(
  (entity) => !shownEntities.includes(entity) && entity !== "probe",
);
/** Probes show no change: that they come is what they say. */
const heard = [...shownEntities, "probe" as const];
const shown = heard.map((entity) => keyPrefixes[entity]);
const isShared = (pk: string) => hidden.some((entity) => keyPrefixes[entity].pk === pk);

/** By keys alone: every record has them, a removal too, and what was written by hand may lack anything else. */
const filters = [
  {
    Keys: {
      pk: startsWith(...new Set(shown.map(({ pk }) => pk).filter((pk) => !isShared(pk)))),
    },
  },
  // The sort key decides in partitions that also hold other items.
  ...shown
    .filter(({ pk }) => isShared(pk))
    .map(({ pk, sk }) => ({ Keys: { pk: startsWith(pk), sk: startsWith(sk) } })),
].map((dynamodb) => ({ dynamodb }));

/** Shards that the stream of a contest's table has: about 24. */
export const SHARDS = 24;

/**
 * Subscriptions to the table's stream: name → handler, and its event source mapping. Lambda repeats the failed rest of
 * a batch.
 */
export const subscriptions = {
  Invalidate: {
    file: "stream/invalidate",
    filters,
    /** All tags of a batch go with one command; a contest's shard has some 300 records a second. */
    batchSize: 1_000,
    maximumBatchingWindowSeconds: 0,
    /** More would divide a shard, and a probe vouches only for the part that it is in. */
    parallelizationFactor: 1,
    /**
     * Infinite: a store may be down for longer than some retries last, and must get the invalidation when it is back.
     */
    maximumRetryAttempts: -1,
    /** Longer than an entry lives at the longest (15 minutes fresh, then an hour when loads fail), so none outlives its record. */
    maximumRecordAgeSeconds: 7200,
    bisectBatchOnFunctionError: true,
    onFailure: "FailedInvalidations",
  },
} as const;

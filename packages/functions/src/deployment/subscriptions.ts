import { shownEntities } from "@algoitny/core/invalidation-rules";
import type { EntityName } from "@algoitny/core/table/entities";
import { keyPrefixes } from "@algoitny/core/table/key-prefixes";

const startsWith = (...texts: string[]) => ({ S: texts.map((prefix) => ({ prefix })) });

/** Entities whose records are filtered out, because no cached view shows them. */
const hidden = (Object.keys(keyPrefixes) as EntityName[]).filter(
  (entity) => !shownEntities.includes(entity) && entity !== "probe",
);
/** Probes contain no change: only their arrival matters. */
const heard = [...shownEntities, "probe" as const];
const shown = heard.map((entity) => keyPrefixes[entity]);
const isShared = (pk: string) => hidden.some((entity) => keyPrefixes[entity].pk === pk);

/** Only by keys: every record has them, including removals, while an item written by hand may lack anything else. */
const filters = [
  {
    Keys: {
      pk: startsWith(...new Set(shown.map(({ pk }) => pk).filter((pk) => !isShared(pk)))),
    },
  },
  // In partitions with several kinds of items, the sort key decides.
  ...shown
    .filter(({ pk }) => isShared(pk))
    .map(({ pk, sk }) => ({ Keys: { pk: startsWith(pk), sk: startsWith(sk) } })),
].map((dynamodb) => ({ dynamodb }));

/** Approximate number of shards in the stream of a table under the load of a contest. */
export const SHARDS = 24;

/**
 * Subscriptions to the table's stream: name → handler, and its event source mapping. Lambda retries the failed rest of a
 * batch.
 */
export const subscriptions = {
  Invalidate: {
    file: "stream/invalidate",
    filters,
    /** One command invalidates all tags of a batch; a contest's shard has about 300 records a second. */
    batchSize: 1_000,
    maximumBatchingWindowSeconds: 0,
    /** A higher factor would divide a shard, and a probe only vouches for the part that it is in. */
    parallelizationFactor: 1,
    /**
     * Unlimited: a store may be down for longer than any number of retries, and must get the invalidation when it is
     * back.
     */
    maximumRetryAttempts: -1,
    /**
     * Longer than the longest default lifetime of an entry (30 minutes fresh, then an hour when loads fail), so no
     * entry outlives its record.
     */
    maximumRecordAgeSeconds: 7200,
    bisectBatchOnFunctionError: true,
    onFailure: "FailedInvalidations",
  },
} as const;

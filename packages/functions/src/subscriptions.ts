import { shownEntities } from "@algoitny/core/invalidation";

/** Counters and markers are left out: no cached view shows them. */
const shown = { entity: { S: shownEntities } };

/**
 * What listens to the table's stream: name → handler, and how Lambda feeds it. The failed rest of a batch comes again.
 */
export const subscriptions = {
  Invalidate: {
    file: "stream/invalidate",
    filters: [{ dynamodb: { NewImage: shown } }, { dynamodb: { OldImage: shown } }],
    batchSize: 100,
    maximumBatchingWindowSeconds: 0,
    parallelizationFactor: 4,
    /** Without end: a store that is down for longer than some retries last must still be told when it is back. */
    maximumRetryAttempts: -1,
    /** Longer than an entry lives at the longest (15 minutes fresh, then an hour when loads fail), so none outlives its record. */
    maximumRecordAgeSeconds: 7200,
    bisectBatchOnFunctionError: true,
    onFailure: "FailedInvalidations",
  },
} as const;

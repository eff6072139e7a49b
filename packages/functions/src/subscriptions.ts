/**
 * What listens to the table's stream: name → handler and how Lambda feeds it.
 * Records of one partition arrive in order; the failed rest of a batch comes again from its first failure.
 */
export const subscriptions = {
  Invalidate: {
    file: "stream/invalidate",
    // Counters, uniqueness keys and markers carry no view of their own: their rows change in the same transaction.
    filters: [
      {
        dynamodb: {
          NewImage: {
            entity: {
              S: [
                "problem",
                "problem_body",
                "test_cases",
                "test_case",
                "history",
                "user",
                "user_stats",
              ],
            },
          },
        },
      },
      {
        dynamodb: {
          OldImage: {
            entity: {
              S: [
                "problem",
                "problem_body",
                "test_cases",
                "test_case",
                "history",
                "user",
                "user_stats",
              ],
            },
          },
        },
      },
    ],
    batchSize: 100,
    maximumBatchingWindowSeconds: 0,
    parallelizationFactor: 4,
    maximumRetryAttempts: 5,
    maximumRecordAgeSeconds: 3600,
    bisectBatchOnFunctionError: true,
    onFailure: "FailedInvalidations",
  },
} as const;

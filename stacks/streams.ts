import { subscriptions as subscriptionTable } from "../packages/functions/src/subscriptions.ts";
import { functionOf } from "./functions.ts";
import { table } from "./table.ts";

/** Where Lambda says which records it gave up: never the records, which stay in the stream for 24 hours. */
export const failures = Object.fromEntries(
  Object.values(subscriptionTable).map(({ onFailure }) => [
    onFailure,
    new sst.aws.Queue(onFailure, {
      transform: { queue: { messageRetentionSeconds: 14 * 86_400 } },
    }),
  ]),
);

export const subscriptions = Object.entries(subscriptionTable).map(([name, settings]) => {
  const failed = failures[settings.onFailure];
  const { permissions = [], ...definition } = functionOf(settings.file);
  const mayReport = { actions: ["sqs:SendMessage"], resources: [failed.arn] };
  return table.subscribe(
    name,
    { ...definition, permissions: $output(permissions).apply((own) => [...own, mayReport]) },
    {
      filters: settings.filters.map((filter) => ({ ...filter })),
      transform: {
        eventSourceMapping: {
          // LATEST may miss what is written while the mapping is made.
          startingPosition: "TRIM_HORIZON",
          batchSize: settings.batchSize,
          maximumBatchingWindowInSeconds: settings.maximumBatchingWindowSeconds,
          parallelizationFactor: settings.parallelizationFactor,
          maximumRetryAttempts: settings.maximumRetryAttempts,
          maximumRecordAgeInSeconds: settings.maximumRecordAgeSeconds,
          bisectBatchOnFunctionError: settings.bisectBatchOnFunctionError,
          functionResponseTypes: ["ReportBatchItemFailures"],
          destinationConfig: { onFailure: { destinationArn: failed.arn } },
        },
      },
    },
  );
});

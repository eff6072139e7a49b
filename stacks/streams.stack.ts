import { subscriptions as subscriptionTable } from "../packages/functions/src/deployment/subscriptions.ts";
import { functionOf } from "./functions.stack.ts";
import { queues } from "./queues.stack.ts";
import { table } from "./table.stack.ts";

/** Event source mappings on the table's stream. */
export const subscriptions = Object.entries(subscriptionTable).map(([name, settings]) =>
  table.subscribe(name, functionOf(settings.file), {
    filters: settings.filters.map((filter) => ({ ...filter })),
    transform: {
      eventSourceMapping: {
        // LATEST may miss records that are written while the mapping is created.
        startingPosition: "TRIM_HORIZON",
        batchSize: settings.batchSize,
        maximumBatchingWindowInSeconds: settings.maximumBatchingWindowSeconds,
        parallelizationFactor: settings.parallelizationFactor,
        maximumRetryAttempts: settings.maximumRetryAttempts,
        maximumRecordAgeInSeconds: settings.maximumRecordAgeSeconds,
        bisectBatchOnFunctionError: settings.bisectBatchOnFunctionError,
        functionResponseTypes: ["ReportBatchItemFailures"],
        // Lambda reports discarded batches to this queue with the function's role: deployment/access.ts allows it.
        destinationConfig: { onFailure: { destinationArn: queues[settings.onFailure].arn } },
      },
    },
  }),
);

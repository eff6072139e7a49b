import type { Context } from "aws-lambda";
import type { Observer } from "./observe.ts";
import { addMetric } from "./scope.ts";

/** The part of Lambda's context that handlers without a waiting request use. */
export type InvocationContext = Pick<Context, "awsRequestId" | "getRemainingTimeInMillis">;

/**
 * Builds `batch(subject, name, run)`, which makes a Lambda handler from a function that handles records. It counts the
 * records, and the messages that will be received again.
 */
export function createBatch({ observe }: Pick<Observer, "observe">) {
  return function batch<
    Event extends { Records: readonly unknown[] },
    Result extends { batchItemFailures: readonly unknown[] },
  >(
    subject: "stream" | "queue",
    name: string,
    run: (event: Event, context: InvocationContext) => Promise<Result>,
  ): (event: Event, context: InvocationContext) => Promise<Result> {
    return (event, context) => {
      const ids = { function_request_id: context.awsRequestId };
      return observe({ subject, name, ids }, async () => {
        addMetric("Records", event.Records.length);
        const result = await run(event, context);
        // Queues only: a stream reports one failure for that record and all after it, so its function counts them
        // itself.
        if (subject === "queue") addMetric("RecordsFailed", result.batchItemFailures.length);
        return result;
      });
    };
  };
}

import type { Outgoing } from "./message.ts";
import { SqsError } from "./sqs-error.ts";

/** Largest body. Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html */
export const MAX_BODY_BYTES = 1_048_576;

/** Throws an SqsError if the queue would refuse the message; returns its de-duplication id in a FIFO queue. */
export function admit(
  { body, groupId, deduplicationId, delaySeconds }: Outgoing,
  queue: { fifo: boolean },
): string | undefined {
  if (body === "") throw missing("MessageBody");
  if (Buffer.byteLength(body) > MAX_BODY_BYTES) {
    throw invalid(`Reason: Message must be shorter than ${MAX_BODY_BYTES} bytes.`);
  }
  if (!queue.fifo) {
    if (deduplicationId !== undefined) throw misplaced("MessageDeduplicationId");
    return undefined;
  }
  if (delaySeconds !== undefined) throw misplaced("DelaySeconds");
  if (groupId === undefined) throw missing("MessageGroupId");
  if (deduplicationId !== undefined) return deduplicationId;
  throw invalid(
    "The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly",
  );
}

function missing(parameter: string): SqsError {
  return new SqsError("MissingParameter", `The request must contain the parameter ${parameter}.`);
}

function misplaced(parameter: string): SqsError {
  return invalid(
    `The request include parameter that is not valid for this queue type: ${parameter}`,
  );
}

function invalid(message: string): SqsError {
  return new SqsError("InvalidParameterValue", message);
}

import { AwsServiceError } from "../aws-json-server.ts";

/** SQS's names for the errors that the queues return. */
export type SqsErrorCode =
  | "QueueDoesNotExist"
  | "InvalidParameterValue"
  | "MissingParameter"
  | "ReceiptHandleIsInvalid"
  | "UnsupportedOperation";

export class SqsError extends AwsServiceError<SqsErrorCode> {
  override readonly name = "SqsError";
}

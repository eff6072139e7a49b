import { AwsServiceError } from "../aws-json-server.ts";

/** SQS's names for what can be wrong with a request. */
export type SqsErrorCode =
  | "QueueDoesNotExist"
  | "InvalidParameterValue"
  | "MissingParameter"
  | "ReceiptHandleIsInvalid"
  | "UnsupportedOperation";

export class SqsError extends AwsServiceError<SqsErrorCode> {
  override readonly name = "SqsError";
}

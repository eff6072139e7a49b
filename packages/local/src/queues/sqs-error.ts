/** SQS's names for what can be wrong with a request. */
export type SqsErrorCode =
  | "QueueDoesNotExist"
  | "InvalidParameterValue"
  | "MissingParameter"
  | "ReceiptHandleIsInvalid"
  | "SerializationException"
  | "UnsupportedOperation";

export class SqsError extends Error {
  override readonly name = "SqsError";
  readonly code: SqsErrorCode;

  constructor(code: SqsErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

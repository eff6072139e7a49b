import { NumberValueImpl } from "@aws-sdk/util-dynamodb";

/**
 * Reads a number as DynamoDB sends it, which has 38 digits. One that JavaScript cannot hold exactly stays as it is, in a
 * NumberValue. The SDK's own reading throws there, and takes every other item of the page with it.
 */
export function readNumber(text: string): number | NumberValueImpl {
  const number = Number(text);
  const isExact =
    Number.isSafeInteger(number) ||
    (Math.abs(number) < Number.MAX_SAFE_INTEGER && String(number) === text);
  return isExact ? number : NumberValueImpl.from(text);
}

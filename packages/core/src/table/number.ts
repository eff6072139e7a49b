import { NumberValueImpl } from "@aws-sdk/util-dynamodb";

/**
 * Reads a number as DynamoDB sends it, with up to 38 digits. A number that JavaScript cannot represent exactly becomes a
 * NumberValue. The SDK's own parsing throws instead, and loses every other item of the page.
 */
export function readNumber(text: string): number | NumberValueImpl {
  const number = Number(text);
  const isExact =
    Number.isSafeInteger(number) ||
    (Math.abs(number) < Number.MAX_SAFE_INTEGER && String(number) === text);
  return isExact ? number : NumberValueImpl.from(text);
}

import { NumberValueImpl } from "@aws-sdk/util-dynamodb";

/** Values that are not valid counters or counts, for `test.each`. */
export const NONSENSE: [unknown][] = [
  ["many"],
  ["7"],
  [null],
  [{}],
  [-4],
  [1e15],
  [NumberValueImpl.from("9007199254740993")],
  [NumberValueImpl.from("12345678901234567.5")],
  [NumberValueImpl.from("1e125")],
];

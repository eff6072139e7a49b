import { readNumber } from "@algoitny/core/table/number";
import { expect, test } from "vitest";

test.each(["0", "-7", "2.5", "9007199254740991", "0.1"])("%s is a number", (text) => {
  expect(readNumber(text)).toBe(Number(text));
});

test.each([
  "9007199254740993",
  "12345678901234567.5",
  "0.12345678901234567890123456789",
  "1E+125",
  "1E-130",
])("%s, which JavaScript cannot represent, keeps its digits", (text) => {
  expect(String(readNumber(text))).toBe(text);
});

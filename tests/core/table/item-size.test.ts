import { assertFits, ITEM_LIMIT_BYTES } from "@algoitny/core/table/item-size";
import { expect, test } from "vitest";

const overhead = "pk".length + "a".length;
const fits = (item: Record<string, unknown>): boolean => {
  try {
    assertFits(item);
    return true;
  } catch {
    return false;
  }
};

test("an item of exactly 400 KB fits, one byte more does not", () => {
  expect(fits({ pk: "a", text: "x".repeat(ITEM_LIMIT_BYTES - overhead - "text".length) })).toBe(
    true,
  );
  expect(fits({ pk: "a", text: "x".repeat(ITEM_LIMIT_BYTES - overhead - "text".length + 1) })).toBe(
    false,
  );
});

test("the size of text is its bytes in UTF-8, inside lists and maps too", () => {
  const quarter = "가".repeat(ITEM_LIMIT_BYTES / 12);
  expect(
    fits({
      list: [quarter, { text: quarter }, quarter],
      flag: true,
      none: null,
      ids: new Set([1, 2]),
    }),
  ).toBe(true);
  expect(fits({ list: [quarter, { text: quarter }, quarter, quarter] })).toBe(false);
});

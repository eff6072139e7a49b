import { expect, test } from "vitest";
import { checkedText } from "../../packages/page/web/checked-text.ts";

test.each([
  [0, 0, "–"],
  [3, 0, "0 of 3"],
  [29, 0, "0 of 29"],
  [30, 0, "0 of 30: under 10%"],
  [600, 0, "0 of 600: under 0.5%"],
  [599, 1, "1 of 600"],
])("of %i current and %i stale hits, the page says %s", (verified, stale, text) => {
  expect(checkedText({ verified, verified_stale: stale })).toBe(text);
});

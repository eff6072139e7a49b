import { rememberAsked } from "@algoitny/core/problem/asked-again";
import { expect, test } from "vitest";

function remember({ most = 10 } = {}) {
  let nowMs = 0;
  const askedAgain = rememberAsked({ lifeMs: 300_000, now: () => nowMs, most });
  return { askedAgain, wait: (ms: number) => (nowMs += ms) };
}

test("a search is asked again when it was asked within the life of a list", () => {
  const { askedAgain, wait } = remember();
  expect(askedAgain("tree")).toBe(false);
  wait(299_999);
  expect(askedAgain("graph")).toBe(false);
  expect(askedAgain("tree")).toBe(true);
  wait(299_999);
  expect(askedAgain("tree")).toBe(true);
  wait(300_000);
  expect(askedAgain("tree")).toBe(false);
});

test("the searches asked least lately are forgotten first", () => {
  const { askedAgain } = remember({ most: 3 });
  ["a", "b", "c", "a", "d"].forEach(askedAgain);
  expect(askedAgain("a")).toBe(true);
  expect(askedAgain("c")).toBe(true);
  expect(askedAgain("b")).toBe(false);
});

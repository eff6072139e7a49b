import { indexText, lineSet, termOf } from "@algoitny/core/problem/text-index";
import * as fc from "fast-check";
import { expect, test } from "vitest";

const places = (lines: readonly unknown[]) => [...lines.keys()];

const find = (lines: readonly string[], term: string, among = places(lines)) =>
  indexText(lines.map((line) => `${line}\n`).join(""), lines.length).find(
    termOf(term),
    lineSet(among, lines.length),
  );

/** Characters with a row each, some that share rows of pairs, and halves of surrogate pairs. */
const CHARACTERS = [
  "a",
  "b",
  "c",
  "B",
  "\0",
  "\u0001",
  "\u007f",
  "\u0080",
  "é",
  "각",
  "ā",
  "\ud83d",
  "\ude00",
];
const text = (maxLength: number) => fc.string({ unit: fc.constantFrom(...CHARACTERS), maxLength });

test("the lines that contain a term are those of a search through all of them", () => {
  fc.assert(
    fc.property(
      fc.array(text(8), { maxLength: 100 }),
      text(4),
      fc.func(fc.boolean()),
      (lines, term, isAmong) => {
        const among = places(lines).filter(isAmong);
        const expected = among.filter((place) => lines[place]?.includes(term));
        expect(find(lines, term, among)).toEqual(expected);
      },
    ),
    { numRuns: 500 },
  );
});

test("a line that has all pairs of a term, or other pairs of the same rows, is searched", () => {
  // The pair of "a" and the character 31 after "a" has the same row as the pair "ba".
  const other = String.fromCharCode("b".charCodeAt(0) - 1, "a".charCodeAt(0) + 31);
  expect(find(["bca abc", `${other}ca`, "bab"], "bab")).toEqual([2]);
  expect(find(["abca", other, "ba"], "ba")).toEqual([2]);
});

test("a match in a later line counts for that line only", () => {
  expect(find(["ab ba", "aba", "ba ab", "aba"], "aba", [0, 2, 3])).toEqual([3]);
});

test("a single character that is not ASCII is searched in all lines of the set", () => {
  expect(find(["é", "i", "aé"], "é", [1, 2])).toEqual([2]);
  // The first character that has no row.
  expect(find(["\u0080", "i"], "\u0080")).toEqual([0]);
});

test("lines beyond the end of a text match nothing", () => {
  expect(indexText("a\n", 40).find(termOf("a"), lineSet([...Array(40).keys()], 40))).toEqual([0]);
});

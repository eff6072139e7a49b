import { describe, expect, test } from "vitest";
import { ratesOf, textsOfTree } from "./rates.ts";
import type { Kind } from "./rules.ts";
import { type Text, textOfPatch, textsOfCode, textsOfDocument } from "./texts.ts";

/** Each kind has far more texts than this in the tree: fewer mean that the files were not found. */
const LEAST_TEXTS = 500;

const texts = textsOfTree();

describe.each(ratesOf(texts))(
  "$kind, habit '$rule'",
  ({ total, percent, limitPercent, offenders }) => {
    test(`stay within ${limitPercent} %`, () => {
      expect(total).toBeGreaterThan(LEAST_TEXTS);
      const places = offenders.slice(0, 5).map(({ place }) => place);
      expect({ percent, places }).toMatchObject({
        percent: expect.toSatisfy(isWithin(limitPercent)),
      });
    });
  },
);

describe("the texts of a file", () => {
  const found = (list: readonly Text[]) => list.map(({ kind, line, text }) => [kind, line, text]);

  test("are its comments, test titles and sentences", () => {
    const code = [
      "/** Counts the hits",
      " * of a minute. */",
      "// One thought",
      "// on two lines.",
      'test.each([1])("reads %s", () => {});',
      'throw new Error("no such key is stored");',
      'const name = "a key";',
      "const message = `no entry of ${name} was found`;",
    ].join("\n");
    expect(found(textsOfCode("a.ts", code))).toEqual([
      ["comments", 1, "Counts the hits\nof a minute."],
      ["comments", 3, "One thought on two lines."],
      ["titles", 5, "reads %s"],
      ["messages", 6, "no such key is stored"],
      ["messages", 8, "no entry of … was found"],
    ]);
  });

  test("of a planted bug are its description", () => {
    const patch =
      "Counts twice.\n\nTest: tests/a.test.ts\nTitle: counts once\n\ndiff --git a/a.ts b/a.ts\n";
    expect(found([textOfPatch("a.patch", patch)])).toEqual([["comments", 1, "Counts twice."]]);
  });

  test("of a document are its headings, items, rows and paragraphs, but no code", () => {
    const markdown =
      "# Title\n\nOne\nparagraph.\n- item\n\n```\ncode\n```\n| cell | cell |\n|---|---|";
    expect(found(textsOfDocument("a.md", markdown))).toEqual([
      ["documents", 1, "Title"],
      ["documents", 3, "One paragraph."],
      ["documents", 5, "item"],
      ["documents", 10, "cell | cell |"],
    ]);
  });
});

test("a rate above its limit fails and names the places", () => {
  const comment = (line: number, text: string): Text => ({
    kind: "comments",
    file: "a.ts",
    line,
    text,
  });
  const limits = { opener: 49, told: 50, nobody: 0 };
  const rates = ratesOf([comment(1, "What is told."), comment(2, "Counts hits.")], limits);
  const ofComments = rates.filter(({ kind }) => kind === ("comments" satisfies Kind));
  expect(ofComments).toMatchObject([
    { rule: "opener", total: 2, percent: 50, passed: false, offenders: [{ place: "a.ts:1" }] },
    { rule: "told", percent: 50, passed: true },
    { rule: "nobody", percent: 0, passed: true, offenders: [] },
  ]);
});

function isWithin(limit: number) {
  return (value: number) => value <= limit;
}

import { foldCase } from "@algoitny/core/fold-case";
import { describe, expect, test } from "vitest";

/** Every code point except the surrogates. */
const characters = Array.from({ length: 0x11_0000 }, (_, code) => code)
  .filter((code) => code < 0xd800 || code > 0xdfff)
  .map((code) => String.fromCodePoint(code));

const CHANGES = /\p{Changes_When_Casefolded}/u;

describe("foldCase", () => {
  test.each([
    ["ΟΔΟΣ", "οδοσ", "the final sigma"],
    ["οδος", "οδοσ", "the final sigma in lower case"],
    ["Straße", "strasse", "ß"],
    ["STRAẞE", "strasse", "the capital ẞ"],
    ["\u212Bngström", "ångström", "the ångström sign"],
    ["Cafe\u0301", "café", "a letter and its accent apart"],
    ["ﬃ", "ffi", "a ligature"],
    ["ſ", "s", "the long s"],
    ["ᾼ", "αι", "the iota below"],
    ["İ", "i\u0307", "the dotted capital i"],
    ["ı", "ı", "the dotless i, which is not an i"],
    ["ıß", "ıss", "the dotless i beside a letter that becomes two"],
    ["그래프", "그래프", "letters without case"],
  ])("turns %s into %s: %s", (text, folded) => {
    expect(foldCase(text)).toBe(folded);
    expect(foldCase(folded)).toBe(folded);
  });

  test("folds a character as Unicode's simple case folding does, if the result is as long", () => {
    const changed = characters.filter((character) => CHANGES.test(character));
    expect(changed.length).toBeGreaterThan(1_000);
    // The flags `iu` compare by Unicode's simple case folding, which maps each character to a single one.
    const apart = changed.filter((character) => {
      const [composed, folded] = [character.normalize("NFC"), foldCase(character)];
      return composed.length === folded.length && !new RegExp(`^${composed}$`, "iu").test(folded);
    });
    expect(apart).toEqual([]);
  });

  test("leaves no character unfolded; Cherokee folds to lower case, although Unicode folds it to upper case", () => {
    const unfolded = characters.filter((character) => CHANGES.test(foldCase(character)));
    expect(unfolded.filter((character) => !/\p{Script=Cherokee}/u.test(character))).toEqual([]);
    expect(foldCase("Ꭰ")).toBe(foldCase("ꭰ"));
  });
});

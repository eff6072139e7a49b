import { readdirSync, readFileSync } from "node:fs";
import { escapeKeyPart } from "@algoitny/core/table/key-part";
import { keys } from "@algoitny/core/table/keys";
import * as fc from "fast-check";
import { expect, test } from "vitest";

/** Text → its spelling in stored keys. A changed row means that stored items are no longer found. */
const SPELLINGS = [
  ["", ""],
  ["codeforces", "codeforces"],
  ["1234A", "1234A"],
  ["AZaz09-._~", "AZaz09-._~"],
  ["a#b", "a%23b"],
  ["100%", "100%25"],
  ["a%23b", "a%2523b"],
  ["auth0|7", "auth0%7C7"],
  ["arn:aws:x", "arn%3Aaws%3Ax"],
  ["a/b?c&d=e f+g", "a%2Fb%3Fc%26d%3De%20f%2Bg"],
  ["!'()*[]", "%21%27%28%29%2A%5B%5D"],
  ["\0\t\n\u007F", "%00%09%0A%7F"],
  ["한글", "%ED%95%9C%EA%B8%80"],
  ["é", "%C3%A9"],
  ["e\u0301", "e%CC%81"],
  ["😀", "%F0%9F%98%80"],
  ["\uD800", "%uD800"],
  ["a\uDC00b", "a%uDC00b"],
  ["\uD83D😀\uDE00", "%uD83D%F0%9F%98%80%uDE00"],
  ["%uD800", "%25uD800"],
  ["\uFFFD\uFEFF", "%EF%BF%BD%EF%BB%BF"],
] as const;

test.each(SPELLINGS)("%j is stored in a key as %s", (text, spelling) => {
  expect(escapeKeyPart(text)).toBe(spelling);
});

test("keys of stored items keep their spelling", () => {
  const odd = "a#b%\uD800\0:é";
  const part = "a%23b%25%uD800%00%3A%C3%A9";
  expect([
    keys.problemKey(odd, odd),
    keys.feedCounter({ kind: "own_public", sub: odd }, 1, 0),
    keys.feedEntry({ kind: "own_private", sub: odd }, 7),
    keys.user(odd),
    keys.userStats(odd),
    keys.userProblem(odd, 7),
    keys.userActive("2025-10-07", odd),
  ]).toEqual([
    { pk: `PROBLEMKEY#${part}#${part}`, sk: "KEY" },
    { pk: `FEED#OWN_PUBLIC#${part}`, sk: "COUNTS#GROUP#000000000001#00" },
    { pk: `FEED#OWN_PRIVATE#${part}`, sk: "000000000007" },
    { pk: `USER#${part}`, sk: "USER" },
    { pk: `USER#${part}`, sk: "STATS" },
    { pk: `USER#${part}`, sk: "PROBLEM#000000000007" },
    { pk: "ACTIVE#2025-10-07", sk: part },
  ]);
});

test("two texts never have the same spelling, and a spelling contains no separator", () => {
  const text = fc.oneof(
    fc.string({
      unit: fc.constantFrom("%", "u", "D800", "25", "#", "\uD800", "\uDC00", "é"),
      maxLength: 6,
    }),
    fc
      .array(fc.nat({ max: 0xffff }), { maxLength: 6 })
      .map((codes) => String.fromCharCode(...codes)),
  );
  fc.assert(
    fc.property(text, text, (left, right) => {
      expect(escapeKeyPart(left) === escapeKeyPart(right)).toBe(left === right);
      expect(escapeKeyPart(left)).toMatch(/^[\w%.~-]*$/);
    }),
  );
});

test("no module of the table imports the cache's functions for keys", () => {
  const folder = new URL("../../../packages/core/src/table/", import.meta.url);
  const importers = readdirSync(folder).filter((file) =>
    readFileSync(new URL(file, folder), "utf8").includes("@algoitny/cache"),
  );
  expect(importers).toEqual([]);
});

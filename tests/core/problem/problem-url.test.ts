import { parseProblemUrl } from "@algoitny/core/problem/problem-url";
import * as fc from "fast-check";
import { expect, test } from "vitest";

const contest = fc.integer({ min: 1, max: 999_999 });
const twoDigits = fc.integer({ min: 0, max: 99 });
const letter = fc.string({
  unit: fc.integer({ min: 65, max: 90 }).map((code) => String.fromCharCode(code)),
  minLength: 1,
  maxLength: 1,
});
const index = fc.oneof(
  letter,
  fc.tuple(letter, twoDigits).map(([first, digits]) => `${first}${digits}`),
  twoDigits.map((digits) => String(digits).padStart(2, "0")),
);
const host = fc.constantFrom(
  "https://codeforces.com",
  "http://www.codeforces.com",
  "https://m1.codeforces.com",
  "HTTPS://CODEFORCES.COM",
);
const tail = fc.constantFrom("", "/", "?locale=ru", "/?f0a28=1", "#statement");
const anyCase = (text: string) => fc.boolean().map((lower) => (lower ? text.toLowerCase() : text));

test("every spelling of a Codeforces address yields contest and index in upper case", () => {
  fc.assert(
    fc.property(
      contest,
      index.chain((upper) => fc.tuple(fc.constant(upper), anyCase(upper))),
      host,
      tail,
      (id, [upper, written], site, rest) => {
        const expected = { platform: "codeforces", problem_id: `${id}${upper}` };
        expect(parseProblemUrl(`${site}/problemset/problem/${id}/${written}${rest}`)).toEqual(
          expected,
        );
        expect(parseProblemUrl(`${site}/contest/${id}/problem/${written}${rest}`)).toEqual(
          expected,
        );
        expect(parseProblemUrl(`${site}/gym/${id}/problem/${written}${rest}`)).toEqual(expected);
      },
    ),
  );
});

test("every Baekjoon address yields its number as text", () => {
  fc.assert(
    fc.property(
      contest,
      fc.constantFrom("https://www.acmicpc.net", "http://acmicpc.net"),
      tail,
      (number, site, rest) => {
        const expected = { platform: "baekjoon", problem_id: String(number) };
        expect(parseProblemUrl(`${site}/problem/${number}${rest}`)).toEqual(expected);
      },
    ),
  );
});

test.each([
  "",
  "4A",
  "codeforces.com/problemset/problem/4/A",
  "ftp://codeforces.com/problemset/problem/4/A",
  "https://codeforces.com/problemset/problem/4",
  "https://codeforces.com/problemset/problem/04/A",
  "https://codeforces.com/problemset/problem/4/A/extra",
  "https://codeforces.com/contest/4/problem/4",
  "https://codeforces.com.evil.example/problemset/problem/4/A",
  "https://evilcodeforces.com/problemset/problem/4/A",
  "https://www.acmicpc.net/problem/abc",
  "https://www.acmicpc.net/workbook/1000",
  "https://leetcode.com/problems/two-sum/",
])("%j is not a supported problem address", (url) => {
  expect(parseProblemUrl(url)).toBeUndefined();
});

test("no text makes the parser throw", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      expect(() => parseProblemUrl(text)).not.toThrow();
    }),
  );
});

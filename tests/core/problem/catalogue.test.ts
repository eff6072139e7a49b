import { foldCase } from "@algoitny/core/fold-case";
import { choose, itemsOf, pageOf, platformsOf } from "@algoitny/core/problem/catalogue";
import { isDraft, isListed, matches, Problem } from "@algoitny/core/problem/problem";
import type { ProblemListQuery } from "@algoitny/core/problem/problem-query";
import { toListItem } from "@algoitny/core/problem/problem-view";
import { listedOf, makeSegment } from "@algoitny/core/problem/segment";
import * as fc from "fast-check";
import { expect, test } from "vitest";

/** Parts of titles, of several scripts; case folding lengthens some of them. */
const PIECES = [
  "a",
  "A",
  "b",
  "ß",
  "SS",
  "ı",
  "İ",
  "가",
  "각",
  "ᄀ",
  "Σ",
  "ς",
  "é",
  "e\u0301",
  "😀",
];
/** Characters that have a meaning in segments, JSON or JavaScript. */
const OWN = ["\0", "\n", "\u0001", '"', "\\", ",", "\u2028"];
const title = fc.string({ unit: fc.constantFrom(...PIECES, ...OWN), maxLength: 6 });
const platform = fc.constantFrom("codeforces", "baekjoon", "all", "");
const flag = fc.boolean();

const problems = fc
  .uniqueArray(
    fc.record({
      id: fc.integer({ min: 1, max: 4_999 }),
      platform,
      problem_id: title,
      title,
      is_completed: flag,
      is_deleted: fc.constantFrom(false, false, true),
      tags: fc.array(title, { maxLength: 2 }),
    }),
    { selector: ({ id }) => id, maxLength: 25 },
  )
  .map((all) => all.map((each) => Problem.parse(each)).toSorted((a, b) => b.id - a.id));

const query: fc.Arbitrary<ProblemListQuery> = fc.record({
  platform: fc.option(fc.constantFrom("codeforces", "baekjoon", "made up"), { nil: undefined }),
  search: fc.option(
    title.map((text) => foldCase(text.trim()) || undefined),
    { nil: undefined },
  ),
  page: fc.integer({ min: 1, max: 4 }),
  page_size: fc.integer({ min: 1, max: 8 }),
});

/** Segments of the problems, as the cache returns them. */
const catalogueOf = (all: readonly Problem[]) =>
  [4, 3, 2, 1, 0].map((partition) => {
    const own = all.filter(({ id }) => Math.floor(id / 1_000) === partition);
    return JSON.parse(JSON.stringify(makeSegment(own))) as ReturnType<typeof makeSegment>;
  });

test("pages and searches equal a filter over all problems, byte for byte", () => {
  fc.assert(
    fc.property(problems, fc.array(query, { minLength: 1, maxLength: 4 }), (all, queries) => {
      const catalogue = catalogueOf(all);
      for (const asked of queries) {
        const onPlatform = all.filter(
          (each) => asked.platform === undefined || each.platform === asked.platform,
        );
        const listed = onPlatform.filter(isListed);
        const found = listed.filter(
          (each) => asked.search === undefined || matches(each, asked.search),
        );
        const start = (asked.page - 1) * asked.page_size;
        const shown = found.slice(start, start + asked.page_size);
        const isKnown =
          asked.search === undefined && (asked.platform === undefined || listed.length > 0);
        expect(pageOf(catalogue, asked)).toEqual({
          rows: JSON.stringify(shown.map(toListItem)),
          total: found.length,
          isOneOfFew: start < found.length || (asked.page === 1 && isKnown),
        });
      }
    }),
    { numRuns: 400 },
  );
});

test("drafts and platforms equal a filter over all problems", () => {
  fc.assert(
    fc.property(problems, (all) => {
      const catalogue = catalogueOf(all);
      const drafts = choose(catalogue, { drafts: true });
      expect(itemsOf(drafts)).toEqual(all.filter(isDraft).map(toListItem));
      const named = all.filter(isListed).map((each) => each.platform);
      expect(platformsOf(catalogue)).toEqual([...new Set(named)]);
    }),
    { numRuns: 200 },
  );
});

const problem = (id: number, fields: Partial<Problem>) =>
  Problem.parse({ id, platform: "codeforces", problem_id: `${id}`, is_completed: true, ...fields });

/** Ids that a search finds among some problems. */
const idsOf = (all: readonly Problem[], search?: string) =>
  itemsOf(choose([makeSegment(all)], { search })).map(({ id }) => id);

test("drafts and deleted problems are neither listed nor found", () => {
  const all = [
    problem(4, { title: "tree", is_completed: false }),
    problem(3, { title: "tree", is_deleted: true }),
    problem(2, { title: "tree" }),
    problem(1, { title: "tree", is_deleted: true, is_completed: false }),
  ];
  expect([idsOf(all), idsOf(all, "tree")]).toEqual([[2], [2]]);
  expect(makeSegment(all).ids).toEqual([4, 2]);
});

test("a problem is found once, even if it contains the text several times", () => {
  expect(idsOf([problem(2, { title: "aaa a" }), problem(1, { title: "b a" })], "a")).toEqual([
    2, 1,
  ]);
});

test("a search for a separator of segments finds it in titles only", () => {
  const all = [
    problem(3, { title: "a\nb" }),
    problem(2, { title: "a\0b" }),
    problem(1, { title: "ab" }),
  ];
  expect([idsOf(all, "a\nb"), idsOf(all, "\0"), idsOf(all, "\u0001")]).toEqual([[3], [2], []]);
});

test("a match lies within one title or one problem id", () => {
  const all = [
    problem(2, { title: "ab", problem_id: "cd" }),
    problem(1, { title: "ef", problem_id: "gh" }),
  ];
  expect(["ab", "cd", "ef", "h"].map((each) => idsOf(all, each))).toEqual([[2], [2], [1], [1]]);
  for (const across of ["abcd", "b\0c", "d\ne", "bc", "de"]) expect(idsOf(all, across)).toEqual([]);
});

test("places are kept for each platform of a segment, and not for names that clients make up", () => {
  const segment = makeSegment([problem(1, { title: "A" })]);
  expect(listedOf(segment, "codeforces")).toBe(listedOf(segment, "codeforces"));
  expect(listedOf(segment, "made up")).not.toBe(listedOf(segment, "made up"));
});

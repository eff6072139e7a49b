import { type Feed, type Key, keys, partitionsUpTo } from "@algoitny/core/table/keys";
import * as fc from "fast-check";
import { expect, test } from "vitest";

const id = fc.integer({ min: 1, max: 999_999_999_999 });
/** Texts made of what keys are built from, so that a collision would be found. */
const text = fc.oneof(
  fc.string({
    unit: fc.constantFrom("a", "#", "%", "23", ":", "USER", "PUBLIC", "COUNTS", "é", "\uD800"),
    minLength: 1,
    maxLength: 6,
  }),
  fc.string({ unit: "binary", minLength: 1, maxLength: 6 }),
);
const feed: fc.Arbitrary<Feed> = fc.oneof(
  fc.constant({ kind: "public" as const }),
  fc.record({ kind: fc.constantFrom("own_public" as const, "own_private" as const), sub: text }),
);
const day = fc.integer({ min: 10, max: 28 }).map((number) => `2025-10-${number}`);

/** Any item: what it is, and its key. */
const item: fc.Arbitrary<[what: unknown, key: Key]> = fc.oneof(
  fc
    .constantFrom("problem", "test_case", "history", "user")
    .map((name): [unknown, Key] => [["counter", name], keys.counter(name as "user")]),
  id.map((n): [unknown, Key] => [["problem", n], keys.problem(n)]),
  id.map((n): [unknown, Key] => [["body", n], keys.problemBody(n)]),
  fc.tuple(text, text).map(([a, b]): [unknown, Key] => [["key", a, b], keys.problemKey(a, b)]),
  id.map((n): [unknown, Key] => [["cases", n], keys.testCases(n)]),
  fc.tuple(id, id).map(([a, b]): [unknown, Key] => [["case", a, b], keys.testCase(a, b)]),
  id.map((n): [unknown, Key] => [["history", n], keys.history(n)]),
  id.map((n): [unknown, Key] => [["detail", n], keys.historyDetail(n)]),
  fc.tuple(feed, id).map(([f, n]): [unknown, Key] => [["entry", f, n], keys.feedEntry(f, n)]),
  feed.map((f): [unknown, Key] => [["counts", f], keys.feedCounts(f)]),
  text.map((sub): [unknown, Key] => [["user", sub], keys.user(sub)]),
  text.map((sub): [unknown, Key] => [["stats", sub], keys.userStats(sub)]),
  fc
    .tuple(text, id)
    .map(([sub, n]): [unknown, Key] => [["marker", sub, n], keys.userProblem(sub, n)]),
  fc
    .tuple(day, text)
    .map(([d, sub]): [unknown, Key] => [["active", d, sub], keys.userActive(d, sub)]),
);

test("two items share a key only when they are the same item", () => {
  fc.assert(
    fc.property(item, item, ([whatA, keyA], [whatB, keyB]) => {
      const sameKey = JSON.stringify(keyA) === JSON.stringify(keyB);
      expect(sameKey).toBe(JSON.stringify(whatA) === JSON.stringify(whatB));
    }),
    { numRuns: 5_000 },
  );
});

test("the order of ids is the order of sort keys", () => {
  fc.assert(
    fc.property(id, id, (a, b) => {
      const [first, second] = [a, b].map((n) => keys.feedEntry({ kind: "public" }, n).sk) as [
        string,
        string,
      ];
      expect(Math.sign(a - b)).toBe(first < second ? -1 : Number(first > second));
    }),
  );
});

test("the longest platform and problem id fit into DynamoDB's 2048 bytes of partition key", () => {
  expect(keys.problemKey("가".repeat(50), "가".repeat(100)).pk.length).toBeLessThanOrEqual(2_048);
});

test("a thousand problems share a partition, newest first", () => {
  expect(partitionsUpTo(0)).toEqual([0]);
  expect(partitionsUpTo(999)).toEqual([0]);
  expect(partitionsUpTo(4_637)).toEqual([4, 3, 2, 1, 0]);
});

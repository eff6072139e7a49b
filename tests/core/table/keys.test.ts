import type { EntityName } from "@algoitny/core/table/entities";
import { type Feed, type Key, keys, partitionsUpTo } from "@algoitny/core/table/keys";
import { entityAt, keyPrefixes } from "@algoitny/core/table/key-prefixes";
import * as fc from "fast-check";
import { expect, test } from "vitest";

const id = fc.integer({ min: 1, max: 999_999_999_999 });
/** Texts that contain the building blocks of keys, to provoke collisions. */
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

/** Entity → the key of any of its items, and the parts that identify the item. */
const items: Record<EntityName, fc.Arbitrary<[what: unknown, key: Key]>> = {
  problem: id.map((n) => [n, keys.problem(n)]),
  problem_body: id.map((n) => [n, keys.problemBody(n)]),
  problem_key: fc.tuple(text, text).map(([a, b]) => [[a, b], keys.problemKey(a, b)]),
  problem_runs: fc
    .tuple(id, fc.integer({ min: 0, max: 15 }))
    .map(([n, shard]) => [[n, shard], keys.problemRuns(n, shard)]),
  test_cases: id.map((n) => [n, keys.testCases(n)]),
  test_case: fc.tuple(id, id).map(([a, b]) => [[a, b], keys.testCase(a, b)]),
  history: id.map((n) => [n, keys.history(n)]),
  history_detail: id.map((n) => [n, keys.historyDetail(n)]),
  feed_entry: fc.tuple(feed, id).map(([f, n]) => [[f, n], keys.feedEntry(f, n)]),
  feed_counts: fc.oneof(
    fc
      .tuple(feed, id, fc.integer({ min: 0, max: 63 }))
      .map(([f, group, shard]): [unknown, Key] => [
        [f, group, shard],
        keys.feedCounter(f, group, shard),
      ]),
    fc
      .tuple(feed, fc.integer({ min: 1, max: 4 }), id)
      .map(([f, level, index]): [unknown, Key] => [
        [f, `level ${level}`, index],
        keys.feedNode(f, level, index),
      ]),
  ),
  user: text.map((sub) => [sub, keys.user(sub)]),
  user_stats: text.map((sub) => [sub, keys.userStats(sub)]),
  user_problem: fc.tuple(text, id).map(([sub, n]) => [[sub, n], keys.userProblem(sub, n)]),
  user_active: fc.tuple(day, text).map(([d, sub]) => [[d, sub], keys.userActive(d, sub)]),
  problem_counter: fc.constant(["problem", keys.counter("problem")]),
  counter: fc
    .constantFrom("test_case" as const, "history" as const, "user" as const)
    .map((name) => [name, keys.counter(name)]),
  format: fc.constant(["format", keys.format()]),
  invalidation_job: fc.uuid().map((job) => [job, keys.invalidationJob(job)]),
  probe: fc.nat().map((n) => [n, keys.probe(n)]),
  beat: fc.constant(["beat", keys.beat()]),
  experiment: text.map((view) => [view, keys.experiment(view)]),
};

/** Any item: its entity and parts, and its key. */
const item = fc.oneof(
  ...Object.entries(items).map(([entity, keyed]) =>
    keyed.map(([what, key]): [unknown, Key] => [[entity, what], key]),
  ),
);

test.each(Object.entries(items))("the entity of a %s is parsed from its key", (entity, keyed) => {
  fc.assert(
    fc.property(keyed, ([, key]) => {
      expect(entityAt(key)).toBe(entity);
    }),
  );
});

test("the key of no entity is not parsed", () => {
  expect(Object.keys(keyPrefixes).toSorted()).toEqual(Object.keys(items).toSorted());
  expect(entityAt({ pk: "PLANET#1", sk: "PLANET" })).toBeUndefined();
  expect(entityAt({ pk: "PROBLEM#1", sk: "KEY" })).toBeUndefined();
});

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

test("a thousand problem ids share a partition key, and the key of the newest ids comes first", () => {
  expect(partitionsUpTo(0)).toEqual([0]);
  expect(partitionsUpTo(999)).toEqual([0]);
  expect(partitionsUpTo(4_637)).toEqual([4, 3, 2, 1, 0]);
});

import { toChange } from "@algoitny/core/table/change";
import { type Key, keys } from "@algoitny/core/table/keys";
import { marshall } from "@aws-sdk/util-dynamodb";
import { expect, test } from "vitest";

const image = (fields: Record<string, unknown>) =>
  marshall({ ...keys.testCase(7, 1), id: 1, problem: 7, ...fields });
const record = (key: Key, images: object) => ({ dynamodb: { Keys: marshall(key), ...images } });
const ofTestCase = (images: object) => record(keys.testCase(7, 1), images);

test("a record holds the old and the new state of an item", () => {
  const changed = ofTestCase({
    OldImage: image({ input: "a", output: "b" }),
    NewImage: image({ input: "c", output: "b" }),
  });
  expect(toChange(changed)).toEqual({
    entity: "test_case",
    before: { id: 1, problem: 7, input: "a", output: "b" },
    after: { id: 1, problem: 7, input: "c", output: "b" },
  });
});

test("a created item has no old image, and a deleted one no new image", () => {
  expect(toChange(ofTestCase({ NewImage: image({}) }))).toMatchObject({
    before: null,
    after: { id: 1 },
  });
  expect(toChange(ofTestCase({ OldImage: image({}) }))).toMatchObject({
    before: { id: 1 },
    after: null,
  });
});

test("sets of an image become JavaScript sets", () => {
  const test_case_ids = new Set([1, 2]);
  const NewImage = marshall({ ...keys.testCases(7), problem: 7, test_case_ids });
  expect(toChange(record(keys.testCases(7), { NewImage }))).toMatchObject({
    after: { test_case_ids: new Set([1, 2]) },
  });
});

test.each([
  ["no", {}, {}],
  ["a wrong", { entity: "counter" }, { entity: "test_case" }],
  ["an unknown", { entity: "teapot" }, { entity: 7 }],
])("an item with %s entity attribute has the entity of its key, in both images", (_, old, now) => {
  expect(toChange(ofTestCase({ OldImage: image(old), NewImage: image(now) }))).toMatchObject({
    entity: "test_case",
    before: { id: 1 },
    after: { id: 1 },
  });
});

test("an entry of the public feed has the partition key that follows from its execution's id", () => {
  const entry = { feed: "public", id: 11 };
  const { pk, sk } = keys.feedEntry({ kind: "public" }, 11);
  expect(pk).toBe("FEED#PUBLIC#3");
  const item = (key: Key) => record(key, { NewImage: marshall({ ...key, ...entry }) });
  expect(() => toChange(item({ pk, sk }))).not.toThrow();
  expect(() => toChange(item({ pk: "FEED#PUBLIC#4", sk }))).toThrow(
    "has a pk that its attributes do not imply",
  );
});

test.each([
  ["no image", ofTestCase({})],
  ["no key", { dynamodb: { NewImage: image({ entity: "test_case" }) } }],
  ["a key of no entity", record({ pk: "PLANET#1", sk: "PLANET" }, { NewImage: image({}) })],
  ["a key that is not text", { dynamodb: { Keys: { pk: { N: "1" } }, NewImage: image({}) } }],
  ["a broken image", ofTestCase({ NewImage: { id: { X: "1" } } })],
  ["an image that is not an item", ofTestCase({ NewImage: "text" })],
  ["a missing field", ofTestCase({ NewImage: marshall({ id: 1 }) })],
  ["an id that is not its key's", ofTestCase({ NewImage: image({ id: 2 }) })],
  ["a problem that is not its key's", ofTestCase({ NewImage: image({ problem: 8 }) })],
  [
    "a feed entry without its owner",
    record(keys.feedEntry({ kind: "own_public", sub: "ann" }, 3), {
      NewImage: marshall({
        ...keys.feedEntry({ kind: "own_public", sub: "ann" }, 3),
        feed: "own_public",
        id: 3,
      }),
    }),
  ],
  [
    "an old image that cannot be read",
    ofTestCase({ OldImage: image({ id: "x" }), NewImage: image({}) }),
  ],
])("a record with %s is refused with a typed error", (_, bad) => {
  expect(() => toChange(bad)).toThrow(
    expect.objectContaining({ name: "CoreError", code: "invalid" }) as Error,
  );
});

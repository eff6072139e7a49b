import { toChange } from "@algoitny/core/table/change";
import { marshall } from "@aws-sdk/util-dynamodb";
import { expect, test } from "vitest";

const key = { pk: "PROBLEM#7", sk: "TESTCASE#000000000001" };
const image = (fields: Record<string, unknown>) =>
  marshall({ ...key, entity: "test_case", id: 1, problem: 7, ...fields });

test("a record tells what an item was and is", () => {
  const record = {
    dynamodb: {
      OldImage: image({ input: "a", output: "b" }),
      NewImage: image({ input: "c", output: "b" }),
    },
  };
  expect(toChange(record)).toEqual({
    entity: "test_case",
    before: { id: 1, problem: 7, input: "a", output: "b" },
    after: { id: 1, problem: 7, input: "c", output: "b" },
  });
});

test("an item that is new has no image before, one that is gone none after", () => {
  expect(toChange({ dynamodb: { NewImage: image({}) } })).toMatchObject({
    before: null,
    after: { id: 1 },
  });
  expect(toChange({ dynamodb: { OldImage: image({}) } })).toMatchObject({
    before: { id: 1 },
    after: null,
  });
});

test("sets arrive as sets", () => {
  const ids = marshall({
    ...key,
    entity: "test_cases",
    problem: 7,
    test_case_ids: new Set([1, 2]),
  });
  expect(toChange({ dynamodb: { NewImage: ids } })).toMatchObject({
    after: { test_case_ids: new Set([1, 2]) },
  });
});

test.each([
  ["no image", {}],
  ["an unknown entity", { NewImage: marshall({ entity: "teapot" }) }],
  ["an entity named like an object's method", { NewImage: marshall({ entity: "toString" }) }],
  ["no entity", { NewImage: marshall({ id: 1 }) }],
  ["a broken image", { NewImage: { entity: { X: "test_case" } } }],
  ["an image that is no item", { NewImage: "text" }],
  ["a missing field", { NewImage: marshall({ entity: "test_case", id: 1 }) }],
])("a record with %s is refused with a typed error", (_, dynamodb) => {
  expect(() => toChange({ dynamodb })).toThrow(
    expect.objectContaining({ name: "CoreError", code: "invalid" }) as Error,
  );
});
